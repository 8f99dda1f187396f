/** The tenant that the control API acts for, and the only one with webhooks. */
export const DEFAULT_TENANT_ID = 'default';
