-- Who was seen to push a commit, as a keyed hash: whether somebody did is all that is asked. No event tells it again when
-- a pull request is opened for that commit.
create table corrigible.push (
  repo text not null,
  head text not null,
  by bytea not null,
  seen_at timestamptz not null default now(),
  primary key (repo, head, by)
);
create index push_age on corrigible.push (seen_at);
