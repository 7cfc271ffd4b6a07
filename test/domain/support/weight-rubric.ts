/** A rubric with a recipe, as a team would write it. */
export const weightRubric = String.raw`---
id: adjust-fetch-weight
title: Adjust a fetch weight
when: The right article exists, but fetch ranks it too low.
signs:
  - '\bKB-\d+\b.*\b(first|before|above|higher)\b'
change: adjust-fetch-weight
recipe:
  slots:
    article:
      type: string
      max: 20
      pattern: '^KB-\d+$'
      from:
        - field: what should have come out
        - text: '(KB-\d+) should (?:come|be) (?:first|on top)'
      ask: Which article should have come first?
    intent:
      type: string
      max: 60
      pattern: '^[a-z.-]+$'
      from: [{ trace: /input/intent }]
      ask: Which intent is it about?
    bump:
      type: integer
      max: 100
      from: [{ value: '{with.bump}' }]
      ask: By how much?
  title: 'Rank {article} first for {intent}'
  observed: 'Fetch put {output:/articles/0/id} first.'
  expected: 'For {intent}, {article} comes first.'
  expect:
    - { path: /articles/0/id, op: eq, value: '{article}' }
  guards:
    - name: another intent keeps its order
      change: [{ path: /intent, op: set, value: billing }]
      freeze: [/articles/0/id]
  hold-outs:
    - name: the same question in other words
      change: [{ path: /text, op: prepend, value: 'Hello team, ' }]
  edits:
    - { file: '{with.weights}', op: increase, path: '/weights/{intent}/{article}', value: '{bump}' }
---
# Adjust a fetch weight

Prose.

## Criteria
- **W1** The article that was asked for is among the candidates on base.
- **W2** Exactly one article was asked for,
  by its id.

## Example 1
It said KB-104 should come first.

## Example 2
It said KB-7 should be on top.
`;
