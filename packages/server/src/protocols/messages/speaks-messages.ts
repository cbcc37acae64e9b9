/** Whether a client speaks Anthropic's protocol: by the address it asks, or by the version that its SDKs send with everything. */
export function speaksMessages({ url, headers }: Request): boolean {
  return new URL(url).pathname.startsWith("/v1/messages") || headers.has("anthropic-version");
}
