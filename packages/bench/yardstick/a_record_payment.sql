\set r random(1, 9000000000000000000)
\set g random(1, :loans)
\set n random(1, 50)
begin;
insert into payments(id,loan_id,borrower_id,amount,currency,status,idempotency_key) values (md5('p'||:r)::uuid, md5('loan'||:g)::uuid, md5('b'||:g)::uuid, 110000, 'IDR', 'RECORDED', md5('k'||:r));
insert into payment_allocations values (md5('p'||:r)::uuid, :n, 110000);
insert into payment_outbox(topic,key,payload) values ('payment.recorded', md5('p'||:r), '{"type":"payment.recorded","v":1,"paymentId":"00000000-0000-4000-8000-000000000000","loanId":"00000000-0000-4000-8000-000000000000","amount":"110000.00","currency":"IDR","allocations":[{"no":1,"amount":"110000.00"}]}');
commit;
