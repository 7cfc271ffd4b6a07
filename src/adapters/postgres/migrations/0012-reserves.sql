-- What runs that are at work may still spend of their repository's day: put aside before they begin, so that several at
-- once cannot spend the same. Of a turn that is over, only what it is known to have spent counts.
create table corrigible.reserve (
  rejection text not null,
  lane text not null,
  token bigint not null,
  repo text not null,
  day date not null,
  milliseconds bigint not null,
  tokens bigint not null,
  money numeric not null,
  -- No run that is held within its minutes lasts longer.
  until timestamptz not null,
  -- Of it, spent, less what facts told of it. A fact may come before its note.
  spent_milliseconds bigint not null default 0,
  spent_tokens bigint not null default 0,
  spent_requests bigint not null default 0,
  spent_money numeric not null default 0,
  primary key (rejection, lane)
);
create index reserve_of on corrigible.reserve (repo);
