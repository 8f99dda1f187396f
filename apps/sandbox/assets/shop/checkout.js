// The shop's own page: the form, and what a merchant's page does with the SDK's events. What is typed or told is only
// ever shown as text.
import { formatMoney, toMinorUnits } from './amount.js';
import { ask } from './sdk.js';
import { beginStory, tellBrowser, tellCheckout, tellOutcome } from './story.js';

const form = document.querySelector('#checkout');
const { amount: amountField, currency: currencyField, pay: payButton } = form.elements;
const amountProblem = document.querySelector('#amount-problem');
const sdk = document.querySelector('primer-checkout');

const OUTCOMES = new Set(['APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED']);
const REFRESH_MS = 1_000;
/** A late webhook comes ten seconds after the outcome. */
const REFRESH_AFTER_OUTCOME_MS = 15_000;

/** The checkout that the page shows, by its attempt. */
let shown;

await showChoices();
showPrice();
form.addEventListener('input', showPrice);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void pay();
});
document.addEventListener('primer:payment-approval-required', ({ detail }) => void approve(detail));
document.addEventListener('primer:payment-success', (event) => finish(event, 'good'));
document.addEventListener('primer:checkout-failure', ({ detail }) => fail(detail.error));
document.addEventListener('primer:payment-failure', (event) => finish(event, 'bad'));

async function showChoices() {
  for (const { id, kind, title, explanation } of await ask('GET', '/shop/choices')) {
    const radio = Object.assign(document.createElement('input'), { type: 'radio', name: 'choice', value: id });
    radio.checked = form.elements.choice === undefined;
    const note = Object.assign(document.createElement('small'), { textContent: explanation });
    const label = Object.assign(document.createElement('label'), { className: 'choice' });
    label.append(radio, title, note);
    document.querySelector(kind === 'card' ? '#cards' : '#faults').append(label);
  }
}

function showPrice() {
  const minor = toMinorUnits(amountField.value, currencyField.value);
  amountField.setAttribute('aria-invalid', String(minor === undefined));
  amountProblem.textContent = minor === undefined ? `This is no amount in ${currencyField.value}.` : '';
  payButton.textContent = minor === undefined ? 'Pay' : `Pay ${formatMoney(minor, currencyField.value)}`;
  payButton.disabled = minor === undefined;
}

async function pay() {
  const amount = toMinorUnits(amountField.value, currencyField.value);
  if (amount === undefined) {
    amountField.focus();
    return;
  }
  payButton.disabled = true;
  shown = undefined;
  beginStory();
  tellOutcome('calm', 'Paying …', 'The shopper’s browser waits for at most 90 seconds.');
  try {
    await sdk.pay({ amount, currencyCode: currencyField.value, choice: form.elements.choice.value });
  } catch (error) {
    fail(error);
  }
}

/** What a merchant's page does: hands the event to its back end, waits for the outcome, and lets the SDK go on. */
async function approve({ continueFlow, ...told }) {
  tellBrowser('primer:payment-approval-required');
  const { paymentAttemptId } = told;
  if (shown?.paymentAttemptId !== paymentAttemptId) {
    shown = { paymentAttemptId };
    void keepShowing(shown);
  }
  try {
    const answer = await ask('POST', '/shop/attempts', told);
    const { status } = OUTCOMES.has(answer.status) ? answer : await outcomeOf(paymentAttemptId);
    tellBrowser(`outcome: ${status}`);
    shown.outcome = status;
    await continueFlow();
  } catch (error) {
    fail(error);
  }
}

/** Follows the attempt's events until the outcome; the browser itself connects again where a connection breaks. */
function outcomeOf(paymentAttemptId) {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`/shop/checkouts/${paymentAttemptId}/events`);
    const end = (settle, value) => {
      events.close();
      settle(value);
    };
    events.addEventListener('attempt', ({ data }) => {
      const told = JSON.parse(data);
      if (OUTCOMES.has(told.status)) end(resolve, told);
    });
    events.addEventListener('error', () => {
      if (events.readyState === EventSource.CLOSED) end(reject, new Error('The attempt’s events have ended.'));
    });
  });
}

function finish({ type, detail: { payment } }, tone) {
  tellBrowser(type);
  const { status, reason } = payment ?? {};
  const detail =
    payment === undefined
      ? 'No payment was made: the card was charged nothing.'
      : `Primer made payment ${payment.id}; its status is ${status}${reason === undefined ? '' : ` (${reason})`}.`;
  tellOutcome(tone, `${shown.outcome}${status === undefined ? '' : ` · ${status}`}`, detail);
  shown.endedAt = Date.now();
  showPrice();
}

function fail(error) {
  tellOutcome('odd', 'It is not known how this ended', error.message);
  if (shown !== undefined) shown.endedAt = Date.now();
  showPrice();
}

/** Shows a checkout while it is the page's, and for a while after its outcome, when webhooks are on their way. */
async function keepShowing(checkout) {
  const isOver = () =>
    shown !== checkout || (checkout.endedAt !== undefined && Date.now() - checkout.endedAt > REFRESH_AFTER_OUTCOME_MS);
  while (!isOver()) {
    // A look that fails is made up for by the next one; what matters is told where it is waited for.
    const view = await ask('GET', `/shop/checkouts/${checkout.paymentAttemptId}`).catch(() => undefined);
    if (view !== undefined && shown === checkout) tellCheckout(view, checkout.paymentAttemptId);
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}
