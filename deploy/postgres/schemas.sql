-- One database, a schema and a role per service; neither role can see the other's schema. May be run again at any time.
-- Run as a user who may create roles, inside the database:
--   psql -v billing_password=… -v payment_password=… -f schemas.sql
-- Only plain SQL and psql's quoted variables here: the local stack and the tests run this file without psql.

DO $$
DECLARE
  service_role text;
BEGIN
  FOREACH service_role IN ARRAY ARRAY['tenor_billing', 'tenor_payment'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = service_role) THEN
      EXECUTE format('CREATE ROLE %I', service_role);
    END IF;
  END LOOP;
END
$$;

ALTER ROLE tenor_billing LOGIN PASSWORD :'billing_password';
ALTER ROLE tenor_payment LOGIN PASSWORD :'payment_password';

-- Nobody gets anything by merely being able to log in to the server.
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO tenor_billing, tenor_payment', current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS billing AUTHORIZATION tenor_billing;
CREATE SCHEMA IF NOT EXISTS payment AUTHORIZATION tenor_payment;
REVOKE ALL ON SCHEMA billing, payment FROM PUBLIC;
