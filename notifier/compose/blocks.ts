/** What a letter is made of. Text and HTML are both drawn from these values, so they cannot disagree. */
export type Block =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Label and value, one under the other on a phone. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [string, string])[] }
  /** A line in fixed width, with details under it. */
  | { readonly kind: 'items'; readonly rows: readonly { readonly code: string; readonly detail: string }[] }
  | { readonly kind: 'link'; readonly label: string; readonly url: string }
  | { readonly kind: 'rule' }
