/** What a service needs to tell who calls, without the libraries that signing in needs. */
export { IDENTITY_SCHEMA_DEFAULT, IdentityDatabase } from './identity-database.ts';
export { IdentityLookup } from './lookup/identity-lookup.ts';
export { IdentityModule } from './lookup/identity.module.ts';
export { type KnownPerson, PeopleDirectory } from './lookup/people-directory.ts';
