-- What facts told was spent, by repository and day (UTC): added up with each fact, so that no ledger is read for it.
create table corrigible.spent (
  repo text not null,
  day date not null,
  milliseconds bigint not null,
  tokens bigint not null,
  requests bigint not null,
  money numeric,
  primary key (repo, day)
);
