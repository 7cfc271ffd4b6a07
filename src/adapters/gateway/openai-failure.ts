/** A failure as OpenAI's APIs tell one. */
export const openaiFailure = (status: number, message: string) => ({
  error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', param: null, code: null },
});
