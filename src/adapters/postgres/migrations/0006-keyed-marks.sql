-- What was remembered of issues held hashes without a key, which tell words to who tries them. The next sweep reads anew.
update corrigible.repository set swept = '{}';
