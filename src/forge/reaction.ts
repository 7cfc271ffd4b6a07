export interface Reaction {
  id: number;
  on: 'issue' | 'comment';
  /** The number or the comment's id. */
  subject: number;
  content: string;
  user: string;
  createdAt: string;
}
