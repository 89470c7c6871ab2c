\set g random(1, :loans)
select outstanding from loans where id = md5('loan'||:g)::uuid;
