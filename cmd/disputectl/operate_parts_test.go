//go:build parts

package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/pause"
	"disputecloser/shared/policy"
)

const partsTable = "disputes-local"

// filledTable creates a table in DynamoDB Local and learns dp_1 and dp_2.
func filledTable(t *testing.T) access.Ledger {
	t.Helper()
	onDynamoDBLocal(t)
	client, err := access.DynamoDB(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := dynamo.CreateTable(t.Context(), client, partsTable); err != nil {
		t.Fatal(err)
	}
	l, err := access.OpenTable(t.Context(), partsTable)
	if err != nil {
		t.Fatal(err)
	}
	learner := closing.Learner{Ledger: l, Watcher: deaf{}, Now: time.Now, Pause: pause.Before}
	for _, id := range []string{"dp_1", "dp_2"} {
		d, err := dispute.Parse([]byte(`{"id":"` + id + `","amount":1000,"currency":"usd","status":"needs_response","livemode":false,"odd":1.50}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := learner.Learn(t.Context(), closing.News{Dispute: d, At: time.Now(), EventID: id, From: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// onTable runs one command line on the table and wants its exit code and texts.
func onTable(t *testing.T, code int, want string, args ...string) string {
	t.Helper()
	a := &access.Env{Console: cli.Console{Getenv: os.Getenv}, OpenTable: access.OpenTable, Shell: access.AWSShell}
	got, stdout, stderr := invoke(t, a, append(args, "--table", partsTable)...)
	if got != code || !strings.Contains(stdout+stderr, want) {
		t.Errorf("%s: exit code %d, want %d and %q:\n%s%s", strings.Join(args, " "), got, code, want, stdout, stderr)
	}
	return stdout
}

// TestAnOperatorAtATable does what a new operator would, in order.
func TestAnOperatorAtATable(t *testing.T) {
	l := filledTable(t)
	rules := write(t, "policy.yaml", atOnce)

	onTable(t, cli.Fine, "2 unfinished: 2 open", "status")
	onTable(t, cli.Fine, "Due       2 now", "status")
	onTable(t, cli.Misused, "say who you are: --who NAME", "keep", "dp_1", "--why", "a friend")
	onTable(t, cli.Fine, "dp_1 is kept, by ada (not verified).", "keep", "dp_1", "--why", "a friend", "--who", "ada")
	onTable(t, cli.Fine, "Since then ada (not verified) said keep: a friend.", "why", "dp_1")
	onTable(t, cli.Found, "there is no case dp_nobody", "keep", "dp_nobody", "--why", "a friend", "--who", "ada")
	onTable(t, cli.Found, "there is no case dp_nobody", "why", "dp_nobody")

	onTable(t, cli.Fine, "Closing   off: nobody has turned it on for this very table; `disputectl resume` does\n", "status")
	onTable(t, cli.Fine, "Closing was off: nobody had turned it on for this table.\nClosing is on for this table, by ada (not verified).", "resume", "--why", "a look", "--who", "ada")
	onTable(t, cli.Fine, "Closing was on already: nothing was stored.", "resume", "--why", "a look", "--who", "ada")
	onTable(t, cli.Fine, "Closing   on since ", "status")
	onTable(t, cli.Fine, "Closing is paused, by ada (not verified).", "pause", "--why", "month end", "--who", "ada")
	onTable(t, cli.Fine, "Closing   paused since ", "status", "--policy", rules)
	spend(t, l)
	onTable(t, cli.Fine, "500.00 USD of 500.00 USD, 1 of 50 closes, 0 of 5 failures: spent until tomorrow 00:00 UTC (in ", "status", "--policy", rules)
	said := onTable(t, cli.Fine, "dp_2 is to be closed", "close", "dp_2", "--why", "no time", "--who", "ada", "--yes", "--policy", rules)
	for _, want := range []string{"would wait: closing is paused since ", "by ada (not verified): month end", "would wait: today's budget has no room for it: 500.00 USD of 500.00 USD, 1 of 50 closes"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	onTable(t, cli.Fine, "Closing is on for this table", "resume", "--why", "month end is over", "--who", "ada")
	onTable(t, cli.Fine, "dp_2 is back with the rules", "release", "dp_2", "--why", "a mistake", "--who", "ada")
	onTable(t, cli.Fine, "release: a mistake", "show", "dp_2")

	if out := onTable(t, cli.Fine, "dp_2", "list", "--older", "0s", "--json"); strings.Count(out, `"dispute"`) != 2 {
		t.Errorf("list: %s", out)
	}
	out := onTable(t, cli.Fine, "2 cases written", "export")
	if !strings.Contains(out, `{"dispute":{"id":"dp_1","amount":1000,"currency":"usd","status":"needs_response","livemode":false,"odd":1.50},"state":"open"`) {
		t.Errorf("export: %s", out)
	}
}

// TestATableWithoutAStream has no mark: it can be worked, and closing cannot be turned on for it.
func TestATableWithoutAStream(t *testing.T) {
	onDynamoDBLocal(t)
	client, err := access.DynamoDB(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(partsTable), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	onTable(t, cli.Found, "table "+partsTable+" has no stream, whose ARN tells it from every other table", "resume", "--why", "a look", "--who", "ada")
	onTable(t, cli.Fine, "Closing is paused", "pause", "--why", "a look", "--who", "ada")
	onTable(t, cli.Found, "nothing was stored\n  deploy the stack again", "resume", "--why", "a look", "--who", "ada")
}

// spend claims a close that takes all of today's usd in the end.
func spend(t *testing.T, l access.Ledger) {
	t.Helper()
	if err := l.SetControl(t.Context(), closing.Control{Switch: closing.On, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	c := closing.Case{ID: "dp_spent", State: closing.Open, DueAt: time.Now()}
	bid := closing.Bid{Day: closing.DayOf(time.Now()), Currency: "usd", Amount: 50_000, Limit: policy.Budget{Closes: 50, Amount: 50_000, Failures: 5}}
	c, err := l.Claim(t.Context(), c, bid)
	if err != nil {
		t.Fatal(err)
	}
	c.State, c.DueAt = closing.Resolved, time.Time{}
	if _, err := l.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
	if err := l.SetControl(t.Context(), closing.Control{Switch: closing.Paused, Who: "ada (not verified)", Why: "month end", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
}

// TestAnotherRegionHasNoSuchTable and every command says so.
func TestAnotherRegionHasNoSuchTable(t *testing.T) {
	filledTable(t)
	t.Setenv("AWS_REGION", "eu-central-1")
	for _, args := range reads {
		onTable(t, cli.Unreachable, "there is no table "+partsTable, args...)
	}
	for _, args := range acts {
		onTable(t, cli.Unreachable, "check AWS_REGION", args...)
	}
}

// TestACaseIsFoundOnEveryPage lists more cases than one page of the table holds.
func TestACaseIsFoundOnEveryPage(t *testing.T) {
	l := filledTable(t)
	for i := range 230 {
		id := dispute.ID("dp_many" + strings.Repeat("x", i))
		c := closing.Case{ID: id, State: closing.Open, DueAt: time.Now().Add(time.Duration(i) * time.Minute)}
		if _, err := l.Save(t.Context(), c, closing.Tally{}); err != nil {
			t.Fatal(err)
		}
	}
	if out := onTable(t, cli.Fine, "", "list", "--limit", "1000"); strings.Count(out, "dp_") != 232 {
		t.Errorf("%d cases are listed", strings.Count(out, "dp_"))
	}
	onTable(t, cli.Fine, "232 unfinished", "status")
	onTable(t, cli.Fine, "232 cases written", "export")
}
