/** What happens while an agent works, as those who watch it and those who read it later are told. Texts are as they came. */
export type AgentEvent =
  /** What the agent was told: its brief, or a nudge. */
  | { readonly is: 'told'; readonly text: string }
  | { readonly is: 'said'; readonly text: string }
  /** `paths`: the files it names, as far as they can be told from the call. */
  | {
      readonly is: 'called';
      readonly call: string;
      readonly tool: string;
      readonly paths: readonly string[];
      readonly input: string;
    }
  | { readonly is: 'answered'; readonly call: string; readonly ok: boolean; readonly text: string }
  /** One answer of a model was counted. */
  | { readonly is: 'spent'; readonly tokens: number };

/** What whoever watches wants: words to the agent, once its present step is over, or its end. */
export type Intervention =
  | { readonly do: 'nudge'; readonly text: string }
  | { readonly do: 'stop'; readonly because: string };
