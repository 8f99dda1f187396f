const outcome = document.querySelector('#outcome');

/** @param {'calm' | 'good' | 'bad' | 'odd'} tone */
export function tellOutcome(tone, headline, detail) {
  outcome.dataset.tone = tone;
  outcome.querySelector('.headline').textContent = headline;
  outcome.querySelector('.detail').textContent = detail;
}

/** Empties the page of the checkout before. */
export function beginStory() {
  for (const list of document.querySelectorAll('.places ol, #names')) list.replaceChildren();
  outcome.scrollIntoView({ block: 'nearest' });
}

/** Adds a line to what the browser did. */
export function tellBrowser(text) {
  document.querySelector('#browser').append(toItem(new Date().toISOString(), text));
}

/** Shows all that Tollgate and Primer say of a checkout. */
export function tellCheckout({ order, attempt, primer }, paymentAttemptId) {
  const names = { Order: order.orderId, Attempt: paymentAttemptId, Payment: primer.payment?.id };
  document
    .querySelector('#names')
    .replaceChildren(
      ...Object.entries(names).flatMap(([name, value]) =>
        value === undefined ? [] : [toElement('dt', name), toElement('dd', value)],
      ),
    );
  document
    .querySelector('#tollgate')
    .replaceChildren(...(attempt?.timeline ?? []).map((entry) => toItem(entry.at, describeStep(entry))));
  document
    .querySelector('#primer')
    .replaceChildren(...primer.journal.map((entry) => toItem(entry.at, describeEntry(entry))));
}

function describeStep({ event, decision, source, outcome: ending }) {
  if (event === 'CONCLUDED') return `${event}: ${ending}`;
  return [event, decision === undefined ? '' : `: ${decision}`, source === undefined ? '' : ` by ${source}`].join('');
}

function describeEntry({ kind, name, answer }) {
  const what = kind === 'WEBHOOK' ? `webhook ${name}` : name;
  return answer === undefined ? what : `${what} → ${answer}`;
}

function toItem(at, text) {
  const time = toElement('time', at.slice(11, 23));
  time.dateTime = at;
  const item = toElement('li', text);
  item.prepend(time);
  return item;
}

function toElement(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
