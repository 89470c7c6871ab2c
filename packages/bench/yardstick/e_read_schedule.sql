\set g random(1, :loans)
select no, due_date, amount, paid_amount, status from instalments where loan_id = md5('loan'||:g)::uuid order by no;
