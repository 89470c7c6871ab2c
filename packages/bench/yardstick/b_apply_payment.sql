\set g random(1, :loans)
\set n random(1, 50)
begin;
insert into billing_inbox(event_id) values (gen_random_uuid());
update loans set outstanding = outstanding - 1.00, version = version + 1, updated_at = now() where id = md5('loan'||:g)::uuid;
update instalments set paid_amount = paid_amount + 1.00, status = 'PAID', paid_at = now() where loan_id = md5('loan'||:g)::uuid and no = :n;
insert into billing_outbox(topic,key,payload) values ('payment.applied', md5('loan'||:g), '{"type":"payment.applied","v":1,"paymentId":"00000000-0000-4000-8000-000000000000","loanId":"00000000-0000-4000-8000-000000000000","amount":"110000.00","outstanding":"5390000.00"}');
commit;
