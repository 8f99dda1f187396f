import { PrimerError } from '../api/primer.errors.ts';

/** 400 of the client session calls: no session has this token, or it has expired. */
export function clientSessionValidationError(): PrimerError {
  return new PrimerError({
    status: 400,
    errorId: 'ClientSessionValidationError',
    description: 'The client token is invalid.',
    recoverySuggestion: 'Please provide a valid client token.',
  });
}

/** 400 of the client session calls. */
export function metadataContainsEmptyKey(): PrimerError {
  return new PrimerError({
    status: 400,
    errorId: 'MetadataContainsEmptyKey',
    description: 'Metadata field contains empty string key.',
    recoverySuggestion: 'Either remove empty string keys or provide non-empty string instead.',
  });
}
