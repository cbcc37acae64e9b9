/**
 * The structural tag: xgrammar's JSON language for "what the model may write", which vLLM, SGLang and others take as it is.
 * Read from xgrammar 0.2.8 (`structural_tag.py`); the sentences are ours. `parseStructuralTag` checks unknown JSON against it.
 */
import type { JsonSchema } from "../message.ts";

/** A token of the model's vocabulary: its id, or its text, which the engine looks up. */
export type TokenReference = number | string;

/** How the value of a `json_schema` node is written down. */
export type JsonSchemaStyle =
  /** Plain JSON. */
  | "json"
  /** `<parameter=key>value</parameter>` */
  | "qwen_xml"
  /** `<parameter name="key">value</parameter>` */
  | "minimax_xml"
  /** `]<]minimax[>[<key>value]<]minimax[>[</key>`, nested values in the same notation. */
  | "minimax_m3_xml"
  /** `<｜DSML｜parameter name="key" string="true|false">value</｜DSML｜parameter>` */
  | "deepseek_xml"
  /** As `deepseek_xml`, with a blank behind the marker: `<｜DSML｜ parameter …>`. */
  | "deepseek_v4_1_xml"
  /** `<arg_key>key</arg_key><arg_value>value</arg_value>` */
  | "glm_xml"
  /** `<cofl:value name="key" type="raw|json|dict|list">value</cofl:value>`, nested values in the same notation. */
  | "cohere_xml"
  /** `<|open|>argument key="key" type="type"<|sep|>value<|close|>argument<|sep|>` */
  | "kimi_k3_xml";

/** Exactly this text. */
export interface ConstStringFormat {
  readonly type: "const_string";
  readonly value: string;
}

/** A value of a JSON Schema, in one of the notations. */
export interface JsonSchemaFormat {
  readonly type: "json_schema";
  readonly json_schema: JsonSchema;
  /** Default `json`. */
  readonly style?: JsonSchemaStyle;
  /** Properties may come in any order, in nested objects too. xgrammar then stops checking that required keys are there and that none repeats. */
  readonly any_order?: boolean;
  /** How many white-space characters may follow one another, 1 or more. Absent or null: no limit of the tag's own. */
  readonly max_whitespace_cnt?: number | null;
  /** Texts that no unpatterned string value and no property name may contain, judged on the text as written, before unescaping. */
  readonly excludes?: readonly string[];
}

/** An EBNF grammar in xgrammar's dialect (llama.cpp's GBNF), starting at the rule `root`. */
export interface GrammarFormat {
  readonly type: "grammar";
  readonly grammar: string;
}

/** Text that a regular expression matches as a whole. */
export interface RegexFormat {
  readonly type: "regex";
  readonly pattern: string;
}

/** Any text. Inside a tag it also ends at the tag's end, which it can't contain. */
export interface AnyTextFormat {
  readonly type: "any_text";
  readonly excludes?: readonly string[];
  /** Counted while decoding only; judging a text does not count it. */
  readonly max_tokens?: number | null;
  /** Counted in Unicode code points. */
  readonly max_chars?: number | null;
}

/** One token. */
export interface TokenFormat {
  readonly type: "token";
  readonly token: TokenReference;
}

/** One token that is none of these. */
export interface ExcludeTokenFormat {
  readonly type: "exclude_token";
  readonly exclude_tokens?: readonly TokenReference[];
}

/** Any number of tokens, none of them one of these. */
export interface AnyTokensFormat {
  readonly type: "any_tokens";
  readonly exclude_tokens?: readonly TokenReference[];
  readonly max_tokens?: number | null;
}

/** One after the other. */
export interface SequenceFormat {
  readonly type: "sequence";
  readonly elements: readonly Format[];
}

/** One of several. */
export interface OrFormat {
  readonly type: "or";
  readonly elements: readonly Format[];
}

/** `begin content end`; with a list of ends, any one of them closes. */
export interface TagFormat {
  readonly type: "tag";
  readonly begin: string | TokenFormat;
  readonly content: Format;
  readonly end: string | readonly string[] | TokenFormat;
}

/** Free text until a trigger is written; the trigger is the start of exactly one group of tags, one of which must then follow. */
export interface TriggeredTagsFormat {
  readonly type: "triggered_tags";
  readonly triggers: readonly string[];
  readonly tags: readonly TagFormat[];
  /** A tag must come, and no text stands before the first. */
  readonly at_least_one?: boolean;
  /** Nothing follows the first tag. */
  readonly stop_after_first?: boolean;
  readonly excludes?: readonly string[];
}

/** `triggered_tags` with tokens for triggers; its tags begin with tokens. */
export interface TokenTriggeredTagsFormat {
  readonly type: "token_triggered_tags";
  readonly trigger_tokens: readonly TokenReference[];
  readonly tags: readonly TagFormat[];
  readonly exclude_tokens?: readonly TokenReference[];
  readonly at_least_one?: boolean;
  readonly stop_after_first?: boolean;
}

/** Tags with a separator between them and no other text. */
export interface TagsWithSeparatorFormat {
  readonly type: "tags_with_separator";
  readonly tags: readonly TagFormat[];
  readonly separator: string;
  readonly at_least_one?: boolean;
  readonly stop_after_first?: boolean;
}

/** Once or not at all. */
export interface OptionalFormat {
  readonly type: "optional";
  readonly content: Format;
}

/** Once or more. */
export interface PlusFormat {
  readonly type: "plus";
  readonly content: Format;
}

/** Any number of times. */
export interface StarFormat {
  readonly type: "star";
  readonly content: Format;
}

/** From `min` to `max` times; `max: -1` is no limit. */
export interface RepeatFormat {
  readonly type: "repeat";
  readonly min: number;
  readonly max: number;
  readonly content: Format;
}

/** Free text in which each pattern, once written, must be followed by its format. */
export interface DispatchFormat {
  readonly type: "dispatch";
  readonly rules: readonly (readonly [pattern: string, content: Format])[];
  /** Default true: free text goes on behind a dispatched format. */
  readonly loop?: boolean;
  readonly excludes?: readonly string[];
}

/** `dispatch` with tokens for patterns. */
export interface TokenDispatchFormat {
  readonly type: "token_dispatch";
  readonly rules: readonly (readonly [pattern: TokenReference, content: Format])[];
  readonly loop?: boolean;
  readonly exclude_tokens?: readonly TokenReference[];
}

/** Deprecated there: `json_schema` with `style: "qwen_xml"` says the same. */
export interface QwenXmlParameterFormat {
  readonly type: "qwen_xml_parameter";
  readonly json_schema: JsonSchema;
}

export type Format =
  | AnyTextFormat
  | AnyTokensFormat
  | ConstStringFormat
  | DispatchFormat
  | ExcludeTokenFormat
  | GrammarFormat
  | JsonSchemaFormat
  | OptionalFormat
  | OrFormat
  | PlusFormat
  | QwenXmlParameterFormat
  | RegexFormat
  | RepeatFormat
  | SequenceFormat
  | StarFormat
  | TagFormat
  | TagsWithSeparatorFormat
  | TokenDispatchFormat
  | TokenFormat
  | TokenTriggeredTagsFormat
  | TriggeredTagsFormat;

export interface StructuralTag {
  readonly type: "structural_tag";
  readonly format: Format;
}
