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

// TestARestoredTableClosesNothingUntilItsOwnResume walks through docs/restore.md: a stack for which closing is on adopts a
// table that was restored from its own one's backup. It closes again once a person has said resume for that table.
func TestARestoredTableClosesNothingUntilItsOwnResume(t *testing.T) {
	t.Parallel()
	wooshpay := startProvider()
	t.Cleanup(wooshpay.stop)
	s := &stack{name: "restored", parameters: []string{"DataPolicy=Retain"}, build: deployed.build, aws: deployed.aws, wooshpay: wooshpay}
	if err := do(t.Context(), append(s.deployment(), step{"turn closing on", s.turnOn})); err != nil {
		t.Fatal(err)
	}
	s.wooshpay.open(t, sandbox.Dispute{ID: "dp_before_backup", Amount: 1400, ReasonCode: "13.1"})
	closed := s.await(t, "dp_before_backup", closing.Closed, fast)
	before := s.outputs["Table"]
	s.adopt(t, restoreTable(t, before, "disputes-restored"))
	if c := s.caseOf(t, closed.ID); c.State != closing.Closed {
		t.Errorf("the restored case: %+v", c)
	}
	if c := s.control(t); c.Switch != closing.Off || c.Why == "" {
		t.Fatalf("the restored switch is %+v; want what was restored, but for another table", c)
	}
	s.closesOnlyOnceItIsTurnedOn(t)
	s.findsWhatTheBackupMissed(t)
	if old, err := dynamo.New(s.table(), before, "").Load(t.Context(), closed.ID); err != nil || old.State != closing.Closed {
		t.Errorf("the old table is not kept: %+v, %v", old, err)
	}
}

// adopt deploys the stack again, with the table disputes-restored.
func (s *stack) adopt(t *testing.T, stream string) {
	t.Helper()
	s.parameters = append(s.parameters, "TableName=disputes-restored", "TableStreamArn="+stream)
	if err := do(t.Context(), s.templated()); err != nil {
		t.Fatal(err)
	}
	if own, ok := s.resources["Table"]; ok || s.outputs["Table"] != "disputes-restored" {
		t.Fatalf("the stack's table is %s, and it still has %q", s.outputs["Table"], own)
	}
}

func (s *stack) closesOnlyOnceItIsTurnedOn(t *testing.T) {
	t.Helper()
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
}

func (s *stack) findsWhatTheBackupMissed(t *testing.T) {
	t.Helper()
	id := dispute.ID("dp_missed_by_the_backup")
	if _, err := s.wooshpay.OpenSilently(sandbox.Dispute{ID: id, Amount: 700}); err != nil {
		t.Fatal(err)
	}
	s.invoke(t, "ReconcileFunction", "{}")
	s.await(t, id, closing.Closed, fast)
}

// restoreTable restores a table from its backup, as docs/restore.md says, and returns the ARN of its stream.
func restoreTable(t *testing.T, from, to string) string {
	t.Helper()
	db := deployed.table()
	// The template has backups on; MiniStack leaves that out.
	_, err := db.UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{
		TableName: &from, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.RestoreTableToPointInTime(t.Context(), &dynamodb.RestoreTableToPointInTimeInput{
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
		"TableName=disputes-restored": "give TableStreamArn as well as TableName",
		"TableStreamArn=arn:aws:dynamodb:us-east-1:000000000000:table/disputes/stream/2026-11-28T10:00:00.000": "give TableName as well as TableStreamArn",
	} {
		s := &stack{name: "half", parameters: []string{parameter}, build: deployed.build, aws: deployed.aws, wooshpay: deployed.wooshpay}
		if err := s.samDeploy(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", parameter, err)
		}
	}
}

// A restored switch is on for the table that was restored. With that table's stream, closing would be on for the new one.
func TestTheNameOfOneTableWithTheStreamOfAnother(t *testing.T) {
	t.Parallel()
	named, other := "disputes-named", "disputes-other"
	for _, name := range []string{named, other} {
		if err := dynamo.CreateTable(t.Context(), deployed.table(), name); err != nil {
			t.Fatal(err)
		}
	}
	stream, err := dynamo.MarkOf(t.Context(), deployed.table(), other)
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{
		name: "mixed", parameters: []string{"TableName=" + named, "TableStreamArn=" + stream},
		build: deployed.build, aws: deployed.aws, wooshpay: deployed.wooshpay,
	}
	if err := do(t.Context(), s.templated()); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{"WebhookRole", "CloserRole", "SweepRole", "ReconcileRole", "OperateRole", "DigestRole"} {
		db := dynamodb.NewFromConfig(s.as(t, role))
		for kind, key := range kinds {
			t.Run(role+" "+kind, func(t *testing.T) { wantOnly(t, s.itemVerbs(db, key), nil) })
		}
	}
}
