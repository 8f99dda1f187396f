/**
 * Asks the shop's back end. @returns the answer's body
 * @throws Error whose text is for the person in front of the page
 */
export async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new Error('The shop does not answer. Is the emulator running?');
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.message ?? told.detail ?? told.title ?? `The shop answered ${answer.status}.`);
  return told;
}

/**
 * Plays Primer's SDK as far as manual approval needs it: it tokenises, fires `primer:payment-approval-required` with the
 * documented detail, and when it is told to go on it looks at Primer for the outcome and fires that.
 */
class PrimerCheckout extends HTMLElement {
  /** @param {{ amount: number, currencyCode: string, choice: string }} wish amount in minor units */
  async pay(wish) {
    const { detail, firings } = await ask('POST', '/shop/checkouts', wish);
    for (let firing = 0; firing < firings; firing += 1) {
      this.fire('primer:payment-approval-required', {
        ...detail,
        timestamp: detail.timestamp + firing,
        continueFlow: () => this.finish(detail.paymentAttemptId),
      });
    }
  }

  async finish(paymentAttemptId) {
    const { primer } = await ask('GET', `/shop/checkouts/${paymentAttemptId}`);
    if (primer.payment?.requiredAction !== undefined) {
      this.challenge(paymentAttemptId);
      return;
    }
    const { payment } = primer;
    const paid = payment !== undefined && !['DECLINED', 'FAILED', 'CANCELLED'].includes(payment.status);
    this.fire(paid ? 'primer:payment-success' : 'primer:payment-failure', { paymentAttemptId, payment });
  }

  /** Plays the page of the shopper's bank (3-D Secure): the payment goes on when it is answered. */
  challenge(paymentAttemptId) {
    const dialog = this.querySelector('dialog');
    const answer = async () => {
      await ask('POST', `/shop/checkouts/${paymentAttemptId}/challenge`, { passed: dialog.returnValue === 'confirm' });
      await this.finish(paymentAttemptId);
    };
    // Closed by the Escape key it is the no that it was before.
    dialog.returnValue = '';
    dialog.addEventListener(
      'close',
      () => void answer().catch((error) => this.fire('primer:checkout-failure', { error })),
      { once: true },
    );
    dialog.showModal();
  }

  fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }
}

customElements.define('primer-checkout', PrimerCheckout);
