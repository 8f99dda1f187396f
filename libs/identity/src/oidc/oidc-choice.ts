/** Whether people may sign in by the company's provider. */
export class OidcChoice {
  constructor(readonly isSet: boolean) {}
}
