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
	"disputecloser/internal/localaws"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/pause"
)

// onDynamoDBLocal points the AWS SDK's own settings to a DynamoDB Local with the data of this test only.
func onDynamoDBLocal(t *testing.T) {
	t.Helper()
	d := localaws.SharedDynamoDB(t)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB": d.Endpoint,
		"AWS_REGION":                localaws.Region,
		"AWS_ACCESS_KEY_ID":         strings.NewReplacer("/", "", "_", "").Replace(t.Name()),
		"AWS_SECRET_ACCESS_KEY":     "local",
		"AWS_CONFIG_FILE":           write(t, "config", ""),
	} {
		t.Setenv(name, value)
	}
}

// TestLocalOnDynamoDB runs the system on a table that it creates, and looks at it as another process would.
func TestLocalOnDynamoDB(t *testing.T) {
	onDynamoDBLocal(t)
	other := func(args ...string) (int, string, string) {
		return invoke(t, &access.Env{Console: cli.Console{Getenv: os.Getenv}, OpenTable: access.OpenTable, Shell: access.AWSShell}, append(args, "--table", "disputes-local")...)
	}
	if code, _, stderr := other("list"); code != cli.Unreachable || !strings.Contains(stderr, "there is no table disputes-local") {
		t.Errorf("without the table: exit code %d, %s", code, stderr)
	}

	s := start(t, "local", "--ledger", "dynamodb", "--addr", "127.0.0.1:0", "--sweep", "200ms", "--policy", write(t, "policy.yaml", atOnce))
	url := s.wait(`http://127\.0\.0\.1:\d+`)
	post(t, url+"/sandbox/disputes", `{"id":"dp_large","amount":48000,"charge":"ch_large"}`)
	s.wait(`dp_large +keep, no rule matches`)
	post(t, url+"/sandbox/disputes", `{"id":"dp_small","amount":1200,"charge":"ch_small"}`)
	s.wait(`dp_small +closed: WooshPay answered “lost”`)

	if code, stdout, stderr := other("list"); code != cli.Fine || !strings.Contains(stdout, "dp_large") || strings.Contains(stdout, "dp_small") {
		t.Errorf("list: exit code %d, %s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := other("show", "dp_small"); code != cli.Fine || !strings.Contains(stdout, "\ndp_small  closed\n") {
		t.Errorf("show: exit code %d, %s%s", code, stdout, stderr)
	}
	if code, _, stderr := other("show", "dp_nobody"); code != cli.Found {
		t.Errorf("show of nobody: exit code %d, %s", code, stderr)
	}

	// What another process stores reaches the closer with a sweep.
	post(t, url+"/sandbox/disputes?silently=true", `{"id":"dp_other","amount":900,"charge":"ch_other"}`)
	learnElsewhere(t, "dp_other")
	s.wait(`dp_other +closed: WooshPay answered “lost”`)
	s.end()
}

func learnElsewhere(t *testing.T, id dispute.ID) {
	t.Helper()
	l, err := access.OpenTable(t.Context(), "disputes-local")
	if err != nil {
		t.Fatal(err)
	}
	known, err := dispute.Parse([]byte(`{"id":"` + string(id) + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	learner := closing.Learner{Ledger: l, Watcher: deaf{}, Now: time.Now, Pause: pause.Before}
	if _, err := learner.Learn(t.Context(), closing.News{Dispute: known, From: "test"}); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	onDynamoDBLocal(t)
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
	for _, args := range [][]string{{"list", "--table", "disputes"}, {"local", "--ledger", "dynamodb", "--addr", "127.0.0.1:0"}} {
		a := &access.Env{Console: cli.Console{Getenv: os.Getenv}, OpenTable: access.OpenTable, Shell: access.AWSShell}
		code, _, stderr := invoke(t, a, args...)
		if code != cli.Unreachable || strings.Count(stderr, "\n") < 2 {
			t.Errorf("%s: exit code %d, %s", args[0], code, stderr)
		}
	}
}

// TestAnUnreadableItemIsNamed by status and list, which show the others.
func TestAnUnreadableItemIsNamed(t *testing.T) {
	onDynamoDBLocal(t)
	const table = "disputes-spoilt"
	client, err := access.DynamoDB(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := dynamo.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	l := dynamo.New(client, table, "")
	for _, id := range []dispute.ID{"dp_good", "dp_bad"} {
		c := closing.Case{ID: id, State: closing.Open, DueAt: time.Now().Add(-time.Hour)}
		if _, err := l.Save(t.Context(), c, closing.Tally{}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(table), Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: dynamo.KeyOf("dp_bad")}},
		UpdateExpression: aws.String("REMOVE version"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for command, wants := range map[string][]string{
		"status": {"Cases     1 unfinished: 1 open\n", "Due       1 now", "Unread    dp_bad cannot be read, and nobody works it\n"},
		"list":   {"dp_good"},
	} {
		code, stdout, stderr := invoke(t, &access.Env{Console: cli.Console{Getenv: os.Getenv}, OpenTable: access.OpenTable, Shell: access.AWSShell}, command, "--table", table)
		if code != cli.Unreachable || !strings.Contains(stderr, "case dp_bad: the stored case cannot be read") {
			t.Errorf("%s: exit code %d, %s", command, code, stderr)
		}
		for _, want := range wants {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: no %q in\n%s", command, want, stdout)
			}
		}
	}
}
