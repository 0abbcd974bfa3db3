//go:build parts && upgrade

package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"disputecloser/internal/localaws"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// TestAnUpgradeKeepsTableAndCases deploys an older commit, UPGRADE_FROM, has it close and keep a dispute, and deploys this
// one on top of it.
func TestAnUpgradeKeepsTableAndCases(t *testing.T) {
	from := os.Getenv("UPGRADE_FROM")
	if from == "" {
		t.Fatal("UPGRADE_FROM names no commit: run make upgrade UPGRADE_FROM=…")
	}
	wooshpay := startProvider()
	t.Cleanup(wooshpay.stop)
	s := &stack{name: "upgraded", build: t.TempDir(), aws: deployed.aws, wooshpay: wooshpay}
	old := []step{{"build " + from, func(ctx context.Context) error { return s.buildOld(ctx, t.TempDir(), from) }}}
	err := do(t.Context(), append(append(old, s.templated()...), step{"store the secrets", s.storeKeys}, step{"turn closing on", s.turnOn}))
	if err != nil {
		t.Fatal(err)
	}
	s.found(t, "dp_before_upgrade", 1400)
	closed := s.await(t, "dp_before_upgrade", closing.Closed, fast)
	s.found(t, "dp_kept_before_upgrade", 4000)
	kept := s.await(t, "dp_kept_before_upgrade", closing.Open, fast)
	table, mark := s.outputs["Table"], s.variableOf(t, "CloserFunction", "TABLE_MARK")

	s.build = deployed.build
	if err := do(t.Context(), s.templated()); err != nil {
		t.Fatal(err)
	}
	if s.outputs["Table"] != table || s.variableOf(t, "CloserFunction", "TABLE_MARK") != mark {
		t.Errorf("the table is %s, was %s", s.outputs["Table"], table)
	}
	for _, before := range []closing.Case{closed, kept} {
		if c := s.caseOf(t, before.ID); c.State != before.State || c.Dispute.Amount != before.Dispute.Amount || len(c.History) < len(before.History) {
			t.Errorf("%s: %+v, was %+v", before.ID, c, before)
		}
	}
	if alias, there := s.resources["CloserAliaslive"]; there {
		t.Errorf("the alias is still there: %s", alias)
	}
	s.wantMapped(t)
	s.found(t, "dp_after_upgrade", 1300)
	s.await(t, "dp_after_upgrade", closing.Closed, fast)
	if got := s.wooshpay.Closes(); len(got["dp_before_upgrade"]) != 1 || len(got["dp_after_upgrade"]) != 1 {
		t.Errorf("closes executed: %v", got)
	}
}

// wantMapped checks that the stream starts the function itself. MiniStack's CloudFormation changes the mapping's ARN and goes
// on with the alias's qualifier, which its Lambda API also removes.
func (s *stack) wantMapped(t *testing.T) {
	t.Helper()
	client, id := lambda.NewFromConfig(s.aws.Config()), aws.String(s.resources["CloserArmed"])
	m, err := client.GetEventSourceMapping(t.Context(), &lambda.GetEventSourceMappingInput{UUID: id})
	if err != nil {
		t.Fatal(err)
	}
	if function := aws.ToString(m.FunctionArn); !strings.HasSuffix(function, ":function:"+s.outputs["CloserFunction"]) {
		t.Errorf("the stream starts %s", function)
	}
	_, err = client.UpdateEventSourceMapping(t.Context(), &lambda.UpdateEventSourceMappingInput{UUID: id, FunctionName: aws.String(s.outputs["CloserFunction"])})
	if err != nil {
		t.Fatal(err)
	}
}

// found opens a dispute that reconcile finds: MiniStack's routes would have to be moved by hand.
func (s *stack) found(t *testing.T, id dispute.ID, amount int64) {
	t.Helper()
	if _, err := s.wooshpay.OpenSilently(sandbox.Dispute{ID: id, Amount: amount, ReasonCode: "13.1"}); err != nil {
		t.Fatal(err)
	}
	s.invoke(t, "ReconcileFunction", "{}")
}

// storeKeys stores secrets without an endpoint, whose events no test sends.
func (s *stack) storeKeys(ctx context.Context) error {
	s.wooshpay.secret = "whsec_of_no_endpoint_at_all"
	return s.storeSecrets(ctx)
}

// buildOld builds a commit of this repository in a folder of its own.
func (s *stack) buildOld(ctx context.Context, folder, commit string) error {
	root, err := localaws.ModuleRoot()
	if err != nil {
		return err
	}
	program, err := localaws.Tool("sam/bin/sam")
	if err != nil {
		return err
	}
	archive := exec.CommandContext(ctx, "sh", "-c", `git -C "$1" archive "$2" | tar -x -C "$3"`, "sh", root, commit, folder)
	if out, err := archive.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	cmd := exec.CommandContext(ctx, program, "build", "--build-in-source", "--build-dir", s.build, "--parameter-overrides", "Architecture="+architecture())
	cmd.Dir = folder
	cmd.Env = append(s.aws.Env(), "SAM_CLI_TELEMETRY=0", "ARCH="+architecture(), "POLICY="+filepath.Join("test", "stack", "policy.yaml"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("sam build: %w\n%s", err, out)
	}
	return nil
}
