package system

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/cmd/disputectl/internal/doctor"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
)

// doctorFlags are the flags of doctor.
type doctorFlags struct {
	access.Site
	policy string
	asJSON bool
}

// Doctor returns `disputectl doctor`.
func Doctor(env *access.Env) *cobra.Command {
	var e doctorFlags
	cmd := &cobra.Command{
		Use:     "doctor",
		Short:   "Check a deployed stack from end to end, without closing anything",
		GroupID: Group,
		Long: `Check a deployed stack from end to end: the functions and their settings, the secrets, the
key at WooshPay, the endpoint, a read of a real charge, the webhook's answers to a genuine
and to a forged event, the deliveries that it refused in the last day, the table, its stream,
the schedules, the queues, the deployed policy, the budgets, whether closing is on, and the
clocks. Nothing is closed, and nothing is changed. Every check is made, whatever the others
find.

Exit codes: 0 fine or warnings, 1 something is wrong, 2 usage, 3 nothing is wrong as far
as it could be checked.`,
		Example: `  disputectl doctor --stack dispute-closer-test
  disputectl doctor --stack dispute-closer-live --policy policy.yaml --json`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd.Context(), env, e) }),
	}
	access.StackFlag(cmd, &e.Site)
	cmd.Flags().StringVar(&e.WebhookURL, "url", "", "the webhook's `URL`, if it has another than the stack says")
	cmd.Flags().StringVar(&e.policy, "policy", "", "the policy `FILE` that should be deployed, as written or compiled; that of the stack's environment if empty")
	cmd.Flags().BoolVar(&e.asJSON, "json", false, "print JSON")
	return cmd
}

func runDoctor(ctx context.Context, env *access.Env, e doctorFlags) error {
	if e.WebhookURL != "" {
		if err := delivery.CheckURL(e.WebhookURL); err != nil {
			return cli.Fail(cli.Misused, "check --url", "the webhook's address: %w", err)
		}
	}
	stack, cloud, err := env.OpenStack(ctx, e.Stack)
	if err != nil {
		return err
	}
	findings := targetOf(env, stack, cloud, e).Examine(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e.asJSON {
		err = env.PrintJSON(examinationOf(stack.Name, findings))
	} else {
		printExamination(&env.Console, stack.Name, findings)
	}
	if err != nil {
		return err
	}
	return healthOf(findings)
}

// targetOf returns what doctor examines.
func targetOf(env *access.Env, stack deployment.Stack, cloud *deployment.Cloud, e doctorFlags) doctor.Target {
	return doctor.Target{
		Stack: stack, Cloud: cloud, WebhookURL: e.WebhookURL, HTTP: env.HTTP, Now: env.Now,
		Ledger: func(ctx context.Context) (doctor.Ledger, error) {
			table, err := stack.Output(deployment.Table)
			if err != nil {
				return nil, err
			}
			return env.OpenTable(ctx, table)
		},
		LocalPolicy: func() (string, error) {
			file := e.policy
			if file == "" {
				environment, err := stack.Parameter(deployment.Environment)
				if err == nil {
					file, err = input.PolicyFor(&env.Console, environment)
				}
				if err != nil {
					return "", fmt.Errorf("there is no local policy to compare it with: %w", err)
				}
			}
			r, err := input.ReadPolicy(&env.Console, file)
			if err != nil {
				return "", fmt.Errorf("there is no local policy to compare it with: %w", err)
			}
			return r.Hash(), nil
		},
	}
}

// Examination is the JSON form of doctor's findings.
type Examination struct {
	Stack  string                `json:"stack"`
	OK     bool                  `json:"ok"`
	Counts map[doctor.Result]int `json:"counts"`
	Checks []doctor.Finding      `json:"checks"`
}

func examinationOf(stack string, findings []doctor.Finding) Examination {
	counts := counted(findings)
	return Examination{Stack: stack, OK: counts[doctor.Fail]+counts[doctor.Unknown] == 0, Counts: counts, Checks: findings}
}

func counted(findings []doctor.Finding) map[doctor.Result]int {
	counts := map[doctor.Result]int{}
	for _, f := range findings {
		counts[f.Result]++
	}
	return counts
}

// healthOf is the exit code of an examination.
func healthOf(findings []doctor.Finding) error {
	switch counts := counted(findings); {
	case counts[doctor.Fail] > 0:
		return cli.ErrFound
	case counts[doctor.Unknown] > 0:
		return &cli.ExitError{Code: cli.Unreachable}
	}
	return nil
}

// widths of the columns before a finding's detail.
const (
	resultWidth = len(doctor.Unknown) + 2
	whatWidth   = len("schedule of reconcile") + 2
)

func printExamination(console *cli.Console, stack string, findings []doctor.Finding) {
	paint := console.Paint()
	colours := map[doctor.Result]func(string) string{
		doctor.OK: paint.Green, doctor.Warn: paint.Yellow, doctor.Fail: paint.Red, doctor.Unknown: paint.Yellow,
	}
	indent := strings.Repeat(" ", resultWidth+whatWidth)
	for _, f := range findings {
		result := colours[f.Result](fmt.Sprintf("%-*s", resultWidth, f.Result))
		before := fmt.Sprintf("%s%-*s", result, whatWidth, f.What)
		for _, line := range wrapped(console, cli.OneLine(f.Detail), len(indent)) {
			screen.Printf(console.Stdout, "%s%s\n", before, line)
			before = indent
		}
		if f.Next == "" {
			continue
		}
		for i, line := range wrapped(console, "→ "+f.Next, len(indent)) {
			screen.Printf(console.Stdout, "%s%*s%s\n", indent, 2*min(i, 1), "", line)
		}
	}
	counts := counted(findings)
	screen.Printf(console.Stdout, "\n%s: %s: %d ok, %d warn, %d fail, %d could not be checked\n", stack, cli.Count(len(findings), "check"),
		counts[doctor.OK], counts[doctor.Warn], counts[doctor.Fail], counts[doctor.Unknown])
}

// wrapped breaks a text that follows an indent into lines that fit the terminal.
func wrapped(console *cli.Console, text string, indent int) []string {
	width := console.Width()
	if width == 0 {
		return []string{text}
	}
	return view.Wrap(text, max(width-indent-2, 20))
}
