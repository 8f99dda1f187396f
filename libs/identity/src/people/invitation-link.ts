/** The link of an invitation. Its token is in the fragment, which browsers send to nobody and servers never log. */
export function toInvitationLink(publicUrl: URL, token: string): string {
  return new URL(`/invitation#token=${token}`, publicUrl).href;
}
