/** The request's own id, where it has one that may stand in a log, or one of ours. */
export function requestId(http: Request): string {
  const given = http.headers.get("x-request-id");
  return given !== null && /^[\w.:-]{1,128}$/.test(given) ? given : `req_${crypto.randomUUID().replaceAll("-", "")}`;
}
