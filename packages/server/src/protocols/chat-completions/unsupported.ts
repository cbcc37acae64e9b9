import { given, type Check, type Unsupported } from "../unsupported.ts";

const on: Check = (value) => value === true;
const positive: Check = (value) => typeof value === "number" && value > 0;

/**
 * Known fields that would change the answer and that the gateway does not carry out yet, each with the values that it can
 * answer all the same. Known fields that leave the answer as it is (`user`, `metadata`, `store`, `service_tier`,
 * `safety_identifier`, `prompt_cache_key`, `prompt_cache_retention`, `prediction`, `verbosity`) are let through unread, like
 * fields that nobody knows.
 */
export const unsupported: Unsupported = {
  audio: { when: given, why: "audio output is not supported" },
  modalities: {
    when: (value) => given(value) && !(Array.isArray(value) && value.length === 1 && value[0] === "text"),
    why: "text is the only output modality",
  },
  web_search_options: { when: given, why: "web search is not supported" },
  best_of: { when: (value) => given(value) && value !== 1, why: "it is not supported" },
  use_beam_search: { when: on, why: "beam search is not supported" },
  echo: { when: on, why: "it is not supported" },
  chat_template: { when: given, why: "the model's own template is used" },
  stop_token_ids: { when: (value) => Array.isArray(value) && value.length > 0, why: "use stop" },
  ignore_eos: { when: on, why: "it is not supported" },
  min_tokens: { when: positive, why: "it is not supported" },
  bad_words: { when: (value) => Array.isArray(value) && value.length > 0, why: "it is not supported" },
};
