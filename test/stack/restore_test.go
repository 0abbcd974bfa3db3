//go:build parts

package stack

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
)

// TestARestoredTableClosesNothingUntilItsOwnResume walks through docs/restore.md: a table for which closing is on is
// restored from its backup, adopted by a stack, and closes only once a person has said resume for it.
func TestARestoredTableClosesNothingUntilItsOwnResume(t *testing.T) {
	t.Parallel()
	before, wooshpay := tableWithClosingOn(t, "disputes-before"), startProvider()
	t.Cleanup(wooshpay.stop)
	stream := restoreTable(t, before, "disputes-restored")
	s := &stack{
		name: "restored", parameters: []string{"TableName=disputes-restored", "TableStreamArn=" + stream},
		build: deployed.build, aws: deployed.aws, wooshpay: wooshpay,
	}
	if err := do(t.Context(), s.deployment()); err != nil {
		t.Fatal(err)
	}
	if _, created := s.resources["Table"]; created || s.outputs["Table"] != "disputes-restored" {
		t.Fatalf("the stack's table is %s; created another one: %v", s.outputs["Table"], created)
	}
	if c := s.control(t); c.Switch != closing.Off || c.Why == "" {
		t.Fatalf("the restored switch is %+v; want what was restored, but for another table", c)
	}
	id := dispute.ID("dp_after_restore")
	s.wooshpay.open(t, sandbox.Dispute{ID: id, Amount: 1400, ReasonCode: "13.1"})
	s.awaitOff(t, id)
	operator := s.with(t, "OperatorPolicy")
	s.wantStored(t, operator, "resume", `{"why":"the restored table was checked"}`)
	s.wantStored(t, operator, "release", `{"dispute":"`+string(id)+`","why":"arms it at once"}`)
	s.await(t, id, closing.Closed, fast)
	if got := s.wooshpay.Closes()[id]; len(got) != 1 {
		t.Errorf("closes executed: %v", got)
	}
	missed := dispute.ID("dp_missed_by_the_backup")
	if _, err := s.wooshpay.OpenSilently(sandbox.Dispute{ID: missed, Amount: 700}); err != nil {
		t.Fatal(err)
	}
	s.invoke(t, "ReconcileFunction", "{}")
	s.await(t, missed, closing.Closed, fast)
}

// tableWithClosingOn makes a table with backups, for which a person turned closing on.
func tableWithClosingOn(t *testing.T, name string) string {
	t.Helper()
	db := deployed.table()
	if err := dynamo.CreateTable(t.Context(), db, name); err != nil {
		t.Fatal(err)
	}
	s := &stack{aws: deployed.aws, outputs: map[string]string{"Table": name}}
	if err := s.turnOn(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := db.UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{
		TableName: &name, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// restoreTable restores a table from its backup, as docs/restore.md says, and returns the ARN of its stream.
func restoreTable(t *testing.T, from, to string) string {
	t.Helper()
	db := deployed.table()
	_, err := db.RestoreTableToPointInTime(t.Context(), &dynamodb.RestoreTableToPointInTimeInput{
		SourceTableName: &from, TargetTableName: &to, UseLatestRestorableTime: aws.Bool(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	there := &dynamodb.DescribeTableInput{TableName: &to}
	if err := dynamodb.NewTableExistsWaiter(db).Wait(t.Context(), there, time.Minute); err != nil {
		t.Fatal(err)
	}
	_, err = db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName: &to, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := db.DescribeTable(t.Context(), there)
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.Table.LatestStreamArn)
}

// awaitOff waits until a case says that closing is off, and checks that WooshPay was asked to close nothing.
func (s *stack) awaitOff(t *testing.T, id dispute.ID) {
	t.Helper()
	var c closing.Case
	for deadline := time.Now().Add(fast); time.Now().Before(deadline) && c.LastError == ""; time.Sleep(100 * time.Millisecond) {
		c = s.caseOf(t, id)
	}
	if c.State != closing.Scheduled || !strings.Contains(c.LastError, closing.ErrOff.Error()) || c.Armed() {
		t.Errorf("the case does not say that closing is off: %+v", c)
	}
	if got := s.wooshpay.CloseCalls()[id]; len(got) != 0 {
		t.Errorf("close calls: %v", got)
	}
}

// A name without a stream, or a stream without a name, would deploy a stack that cannot work, or another than was meant.
func TestHalfAnAdoptionIsRefused(t *testing.T) {
	t.Parallel()
	for parameter, want := range map[string]string{
		"TableName=disputes-before": "give TableStreamArn as well as TableName",
		"TableStreamArn=arn:aws:dynamodb:us-east-1:000000000000:table/disputes/stream/2026-11-28T10:00:00.000": "give TableName as well as TableStreamArn",
	} {
		s := &stack{name: "half", parameters: []string{parameter}, build: deployed.build, aws: deployed.aws, wooshpay: deployed.wooshpay}
		if err := s.samDeploy(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", parameter, err)
		}
	}
}
