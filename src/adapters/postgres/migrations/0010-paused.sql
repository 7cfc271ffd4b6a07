-- One row while the operator has everything paused, none otherwise.
create table corrigible.paused (
  everything boolean primary key default true check (everything),
  by_whom text not null,
  because text not null,
  since timestamptz not null default now()
);
