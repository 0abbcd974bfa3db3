package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// townPolicy closes small disputes of four currencies, with factors between major and minor unit of 1, 100 and 1000.
const townPolicy = `mode: live
ceiling: {usd: 5255, eur: 5355, kwd: 5455, jpy: 5555}
budget:
  usd: {closes: 50, amount: 61700}
  eur: {closes: 50, amount: 62700}
  kwd: {closes: 50, amount: 63700}
  jpy: {closes: 50, amount: 64700}
  failures: 5
rules:
  - name: inquiries
    if: {status: [warning_needs_response]}
    then: review
  - name: at once
    if: {status: [needs_response], reason_code: ["13.1"], amount: {usd: {at_most: 1250}}}
    then: close
    after: 1m
  - name: small
    if: {status: [needs_response], amount: {usd: {at_most: 1505}, eur: {at_most: 1403}, kwd: {at_most: 5206}, jpy: {at_most: 1608}}}
    then: close
    after: 24h
tests:
  - dispute: {amount: 1250, currency: usd, status: needs_response, reason_code: "13.1"}
    expect: {then: close, rule: at once}
  - dispute: {amount: 1505, currency: usd, status: needs_response}
    expect: {then: close, rule: small}
  - dispute: {amount: 1403, currency: eur, status: needs_response}
    expect: {then: close, rule: small}
  - dispute: {amount: 5206, currency: kwd, status: needs_response}
    expect: {then: close, rule: small}
  - dispute: {amount: 1608, currency: jpy, status: needs_response}
    expect: {then: close, rule: small}
  - dispute: {amount: 1251, currency: usd, status: needs_response, reason_code: "13.1"}
    expect: {then: close, rule: small}
  - dispute: {amount: 1506, currency: usd, status: needs_response}
    expect: {then: keep}
  - dispute: {amount: 1404, currency: eur, status: needs_response}
    expect: {then: keep}
  - dispute: {amount: 5207, currency: kwd, status: needs_response}
    expect: {then: keep}
  - dispute: {amount: 1609, currency: jpy, status: needs_response}
    expect: {then: keep}
`

// townDisputes are opened in this order; each has an amount that no other number of a page can be taken for, and an id as
// long as WooshPay's.
var townDisputes = []string{
	`{"id":"dp_1closedQ7mZkT3vXw9L","amount":1207,"currency":"usd","charge":"ch_a","reason_code":"13.1"}`,
	`{"id":"dp_1failedB2nYhR8cVu4K","amount":1103,"currency":"usd","charge":"ch_b","reason_code":"13.1"}`,
	`{"id":"dp_1aboveD5pJgM6bNx1Wq","amount":1819,"currency":"usd","charge":"ch_c","reason_code":"10.4"}`,
	`{"id":"dp_1euroF8rLtS2zCy7Hj3","amount":2439,"currency":"eur","charge":"ch_d","reason_code":"4853"}`,
	`{"id":"dp_1dinarG4tNvU9xEa6Md","amount":5100,"currency":"kwd","charge":"ch_e","reason_code":"10.4"}`,
	`{"id":"dp_1yenH6wPxW1yFb8Nf52","amount":1510,"currency":"jpy","charge":"ch_f","reason_code":"10.4"}`,
	`{"id":"dp_1inquiryK3yRzY7aGd5","amount":8991,"currency":"usd","charge":"ch_g","status":"warning_needs_response"}`,
	`{"id":"dp_1keptL9zTbZ4cJe2PgV","amount":48013,"currency":"eur","charge":"ch_h","reason_code":"4853"}`,
	`{"id":"dp_1wonM1bVdB8eKg6RjXs","amount":3001,"currency":"usd","charge":"ch_i","reason_code":"10.4"}`,
	`{"id":"dp_1soonN7dXfD3gMj9TmZ","amount":7377,"currency":"usd","charge":"ch_j","reason_code":"10.4","evidence_details":{"due_by":1772488800}}`,
	`{"id":"dp_1otherP2fZhF6jPn4Vq","amount":9632,"currency":"zzz","charge":"ch_k"}`,
}

// newTown is a world with a case of every state and of several currencies, at 12:06 on 2 March 2026.
func newTown(t *testing.T) *world {
	t.Helper()
	w, err := openTown(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.end)
	return w
}

func openTown(dir string) (*world, error) {
	for name, text := range map[string]string{
		"policy.yaml": townPolicy,
		"higher.yaml": strings.NewReplacer("1505", "1819", "1506", "1820").Replace(townPolicy),
		"past.jsonl":  strings.ReplaceAll(strings.Join(townDisputes, "\n"), `"charge"`, `"status":"won","livemode":false,"created":1772000000,"charge"`),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	w, err := newWorld(dir)
	if err != nil {
		return w, err
	}
	for i, text := range townDisputes {
		if i == 1 {
			err = errors.Join(w.pass(2*time.Minute), w.system.Sandbox.Break(sandbox.Fault{Kind: "status", Path: "/v1/disputes/*/close", Status: 422}))
		}
		if err = errors.Join(err, w.open(text, false)); err != nil {
			return w, err
		}
		if i == 1 {
			err = w.pass(2 * time.Minute)
		}
	}
	_, won := w.system.Sandbox.SetStatus("dp_1wonM1bVdB8eKg6RjXs", dispute.Won)
	ada := closing.Operator{Ledger: w.ledger, Acts: w.ledger, Now: func() time.Time { return w.at }, Who: ada}
	_, kept := ada.Keep(context.Background(), closing.Order{ID: "dp_1keptL9zTbZ4cJe2PgV", Why: "the customer has written"})
	return w, errors.Join(err, won, kept, w.settle(), w.pass(2*time.Minute))
}

// run runs a command line in the town's stack, on so many columns, with a person who types; 0 means no limit.
func (w *world) run(t *testing.T, columns, typed string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := map[string]string{
		access.StackVariable: "closer-test", "COLUMNS": columns, access.KeyVariable: "sk_test_town", "WOOSHPAY_URL": w.system.URL,
	}
	if args[0] == "reconcile" { // It reads the key of a local run from the environment.
		delete(env, access.StackVariable)
		env["TABLE"], env["AWS_ENDPOINT_URL_DYNAMODB"] = "disputes", "http://127.0.0.1:8000"
	}
	w.person = typed != ""
	a := w.env(func(name string) string { return env[name] })
	a.Stdin, a.Stdout, a.Stderr = strings.NewReader(typed+"\n"), &out, &errs
	code = command.Run(t.Context(), a, args)
	return code, out.String(), errs.String()
}
