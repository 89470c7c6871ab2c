import { textFields, transactionSummary } from './transaction-summary.ts';

export const CUSTOMER_NAMESPACE = 'http://credable.io/cbs/customer';
export const TRANSACTION_NAMESPACE = 'http://credable.io/cbs/transaction';

/** What core banking keeps of a customer, in its own order, with its XML types. */
const customerFields: Readonly<Record<string, string>> = {
  createdAt: 'xs:dateTime',
  createdDate: 'xs:dateTime',
  customerNumber: 'xs:string',
  dob: 'xs:date',
  email: 'xs:string',
  firstName: 'xs:string',
  gender: 'xs:string',
  id: 'xs:long',
  idNumber: 'xs:string',
  idType: 'xs:string',
  lastName: 'xs:string',
  middleName: 'xs:string',
  mobile: 'xs:string',
  monthlyIncome: 'xs:decimal',
  status: 'xs:string',
  updatedAt: 'xs:dateTime',
};

const element = ([name, type]: readonly [string, string]): string =>
  `<xs:element name="${name}" type="${type}" minOccurs="0" nillable="true"/>`;

function schema(namespace: string, request: string, response: string, items: string, fields: string): string {
  return `<xs:schema targetNamespace="${namespace}" elementFormDefault="qualified">
    <xs:element name="${request}"><xs:complexType><xs:sequence>
      <xs:element name="customerNumber" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="${response}"><xs:complexType><xs:sequence>${items}</xs:sequence></xs:complexType></xs:element>
    <xs:complexType name="Record"><xs:sequence>${fields}</xs:sequence></xs:complexType>
  </xs:schema>`;
}

const summaryFields = Object.keys(transactionSummary).map(
  (name) => [name, textFields.has(name) ? 'xs:string' : 'xs:double'] as const,
);

const message = (prefix: string, name: string): string =>
  `<wsdl:message name="${name}"><wsdl:part element="${prefix}:${name}" name="${name}"/></wsdl:message>`;
const operation = (name: string): string => `<wsdl:operation name="${name}">
    <wsdl:input message="tns:${name}Request" name="${name}Request"/>
    <wsdl:output message="tns:${name}Response" name="${name}Response"/>
  </wsdl:operation>`;
const binding = (name: string): string => `<wsdl:operation name="${name}">
    <soap:operation soapAction=""/>
    <wsdl:input name="${name}Request"><soap:body use="literal"/></wsdl:input>
    <wsdl:output name="${name}Response"><soap:body use="literal"/></wsdl:output>
  </wsdl:operation>`;

/** The contract of both operations, SOAP 1.1, document and literal, at this endpoint. */
export function wsdlAt(endpoint: string): string {
  const customer = '<xs:element name="customer" type="cust:Record" minOccurs="0"/>';
  const transactions = '<xs:element name="transactions" type="trx:Record" minOccurs="0" maxOccurs="unbounded"/>';
  const customerColumns = Object.entries(customerFields).map(element).join('');
  const summaryColumns = summaryFields.map(element).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:cust="${CUSTOMER_NAMESPACE}" xmlns:trx="${TRANSACTION_NAMESPACE}"
  xmlns:tns="http://credable.io/cbs" targetNamespace="http://credable.io/cbs">
  <wsdl:types>
  ${schema(CUSTOMER_NAMESPACE, 'CustomerRequest', 'CustomerResponse', customer, customerColumns)}
  ${schema(TRANSACTION_NAMESPACE, 'TransactionsRequest', 'TransactionsResponse', transactions, summaryColumns)}
  </wsdl:types>
  ${message('cust', 'CustomerRequest')}${message('cust', 'CustomerResponse')}
  ${message('trx', 'TransactionsRequest')}${message('trx', 'TransactionsResponse')}
  <wsdl:portType name="CoreBankingPort">${operation('Customer')}${operation('Transactions')}</wsdl:portType>
  <wsdl:binding name="CoreBankingSoap11" type="tns:CoreBankingPort">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    ${binding('Customer')}${binding('Transactions')}
  </wsdl:binding>
  <wsdl:service name="CoreBankingService">
    <wsdl:port binding="tns:CoreBankingSoap11" name="CoreBankingSoap11"><soap:address location="${endpoint}"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>`;
}
