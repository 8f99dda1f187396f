import { SHARED_USAGE } from '../command-line/option-usage.policy.ts';

const FILTERS = `  --topic T         of this topic: attempts, attempts.v1 or its full name
  --consumer C      that this service could not handle: intake, risk, gateway, ledger
  --code CODE       with this error code
  --since WHEN      that died after WHEN: 90s, 30m, 2h, 3d ago, or a date like 2026-11-21T09:00:00Z`;

export const DEAD_LETTERS_USAGE = `usage: npm run --silent ops -- dead-letters <list | show | redrive | discard> [options]

  What a consumer cannot handle lies on a topic of its own, unchanged, until it is sent again, discarded, or 30 days old.

  list              what is open, grouped by its reason
  show ID           everything about one dead letter
  redrive           send dead letters again, under their own ids; a dry run without --execute
  discard           set dead letters aside, with a reason; a dry run without --execute`;

export const LIST_USAGE = `usage: npm run --silent ops -- dead-letters list [options]

  Dead letters grouped by topic, consumer, code and reason. Exits with 3 when there are none.

${FILTERS}
  --all             also those that were re-driven, handled, superseded by a later one, or discarded
  --each            a row for each letter
${SHARED_USAGE}`;

export const SHOW_USAGE = `usage: npm run --silent ops -- dead-letters show ID [options]

  Where it died, of what, its headers and value, and what a re-drive would bring. ID is as "list" shows it.

${SHARED_USAGE}`;

export const REDRIVE_USAGE = `usage: npm run --silent ops -- dead-letters redrive [ID…] [options]

  Sends open dead letters to the topic they died on, for the consumer that could not handle them. Each takes effect once,
  however often this is run. Without --execute it only tells what would happen.

  --execute         do it
  --every           all open ones; needed where no ID and no filter is given
${FILTERS}
  --refused-too     also those that services of this version refuse before any handler sees them
  --wait SECONDS    how long to wait for the consumers (default 15); 0 = not at all
  --by NAME         who does it (default: the account that runs this)
${SHARED_USAGE}

  Exits with 4 when some died again or were not handled in time.`;

export const DISCARD_USAGE = `usage: npm run --silent ops -- dead-letters discard [ID…] --reason TEXT [options]

  Notes that open dead letters need nothing any more; they are no longer listed as open. Without --execute it only tells
  which.

  --reason TEXT     why; kept with who and when
  --execute         do it
  --every           all open ones; needed where no ID and no filter is given
${FILTERS}
  --by NAME         who does it (default: the account that runs this)
${SHARED_USAGE}`;
