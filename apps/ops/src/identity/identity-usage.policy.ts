import { paymentCommandKind, ROLES } from '@tollgate/contracts';
import { SHARED_USAGE } from '../command-line/option-usage.policy.ts';

export const KEYS_USAGE = `usage: npm run --silent ops -- keys <make | list | revoke> [options]

  API keys of merchants and of the platform. Only the hash of a key is kept: it is shown once, when it is made.

  make --name TEXT    a new key, alone on standard output
  list                every key: whose, what for, until when
  revoke ID           lets a key open nothing any more; services believe it three seconds longer at most

  Each takes --help.`;

export const MAKE_KEY_USAGE = `usage: npm run --silent ops -- keys make --name TEXT [options]

  Makes a key and prints it, this once, as the only line on standard output.

  --name TEXT       what it is for
  --merchant ID     whose it is; without one it is the platform's, which acts for every merchant
  --person EMAIL    who is given it, where that is one person
  --scopes LIST     less than everything that such a key may do; comma separated
  --days N          runs out after so many days; without it never
${SHARED_USAGE}`;

export const LIST_KEYS_USAGE = `usage: npm run --silent ops -- keys list [options]

  Every key: those that were made, those that setup keeps, and each merchant's first one (intakeApiKey), whose id is
  first-key:MERCHANT. Exits with 3 when there is none.

  --all             also those that were revoked or have run out
${SHARED_USAGE}`;

export const REVOKE_KEY_USAGE = `usage: npm run --silent ops -- keys revoke ID [options]

  Exits with 3 when there is no such key; revoking one again changes nothing. A key of the setup stays revoked until the
  setup comes with another one.

${SHARED_USAGE}`;

export const MERCHANTS_USAGE = `usage: npm run --silent ops -- merchants <list | set-limits | set-quorum> [options]

  Up to where a merchant's word is enough, while everything runs. Services go by it within three seconds; what waits
  already goes by what held when it came. Who changed what is recorded. Amounts are in minor units.

  list                  every merchant with its limits

  set-limits ID KIND    from where on a payment command waits for a second person; KIND: ${paymentCommandKind.options.join(', ')}
    --amount LIST       largest amount by currency, as EUR=50000,USD=60000; a currency that is not named is above it
    --per-hour N        commands of the kind within any hour
    --none              no limit; what is said takes the place of all that was said of this kind before

  set-quorum ID         how many people approve, by amount
    --tiers LIST        as EUR:100000=2,EUR:500000=3; below them, one
    --none              one person, whatever the amount

  Exits with 3 when there is no such merchant.

${SHARED_USAGE}`;

export const PEOPLE_USAGE = `usage: npm run --silent ops -- people <invite-admin | invite | list | role | disable | enable> [options]

  People and what they may do. The roles, each with everything of the one before: ${ROLES.join(', ')}.

  invite-admin EMAIL    a link for the first admin; refused when there is one, who invites the others
  invite EMAIL          a link for somebody else
  list                  everybody
  role EMAIL ROLE       another role; signs the person out everywhere
  disable EMAIL         lets somebody in no more; signs the person out everywhere
  enable EMAIL          lets somebody in again

  A link works once, within 48 hours, and is shown this once. Each takes --help. Everything is recorded.

${SHARED_USAGE}`;

export const INVITE_USAGE = `usage: npm run --silent ops -- people invite EMAIL --role ROLE [options]
       npm run --silent ops -- people invite-admin EMAIL [options]

  Prints a link at which the person chooses a password. A newer link takes the place of an older one.

  --role ROLE       ${ROLES.join(', ')}; the first admin needs none
  --name TEXT       how pages call the person; default: the e-mail address
${SHARED_USAGE}`;
