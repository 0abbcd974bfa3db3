package system

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/cmd/disputectl/internal/redrive"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/moment"
)

// redriveFlags are the flags of redrive.
type redriveFlags struct {
	access.Site
	wait         cli.Span
	forget       []string
	dryRun, json bool
}

const (
	// poll is how often the due cases are looked at while the closer works them.
	poll = 2 * time.Second
	// maxWait leaves time to delete messages before others see them again.
	maxWait = 10 * time.Minute
	// afterwards bounds the giving back of messages after an interruption.
	afterwards = 10 * time.Second
)

// Redrive returns `disputectl redrive`.
func Redrive(env *access.Env) *cobra.Command {
	f := redriveFlags{wait: cli.Span(time.Minute)}
	cmd := &cobra.Command{
		Use:     "redrive",
		Short:   "Show what the failure queues hold, have it done, and clear what was healed",
		GroupID: Group,
		Long: `Show what the queues UndeliveredRecords and UndeliveredRuns hold. If cases still wait, start
the sweep, which arms every due case, and wait until the closer has worked them. Then delete
the messages that were healed, and no others.

Records of the table's stream are healed if every case that was due when they were given up
has been worked since. A run of sweep, reconcile or digest is healed if a later run of the
function succeeded. A message of which neither is known stays in its queue; --forget deletes
it all the same.

Exit codes: 0 the queues are empty, or were cleared, 1 messages remain, 2 usage,
3 could not reach.`,
		Example: `  disputectl redrive --dry-run --stack dispute-closer-live
  disputectl redrive --stack dispute-closer-live`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runRedrive(cmd.Context(), env, f) }),
	}
	access.StackFlag(cmd, &f.Site)
	cmd.Flags().Var(&f.wait, "wait", "wait so much `TIME` for the closer, at most "+moment.Span(maxWait))
	cmd.Flags().StringArrayVar(&f.forget, "forget", nil, "delete the message with this `ID`, healed or not; may be repeated")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "start and delete nothing")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "forget")
	return cmd
}

func runRedrive(ctx context.Context, env *access.Env, f redriveFlags) (err error) {
	if time.Duration(f.wait) > maxWait {
		return cli.Fail(cli.Misused, "wait at most "+moment.Span(maxWait)+", and run it again", "--wait is too long")
	}
	stack, name, err := redriveStack(ctx, env, f.Stack)
	if err != nil {
		return err
	}
	found, err := stack.Receive(ctx)
	defer func() { err = cmp.Or(err, givenBack(ctx, stack, found)) }()
	if err != nil {
		return access.CloudError(err)
	}
	if err := knownMessages(found, f.forget); err != nil {
		return err
	}
	if err := stack.Judge(ctx, found); err != nil {
		return access.CloudError(err)
	}
	if err := f.heal(ctx, env, stack, found); err != nil {
		return err
	}
	return f.finish(ctx, env, stack, found, name)
}

// heal shows what was found, has what waits armed, and waits for the closer.
func (f redriveFlags) heal(ctx context.Context, env *access.Env, stack redrive.Stack, found *redrive.Found) error {
	out := env.Stdout
	if f.json {
		out = env.Stderr
	}
	found.Write(out, env.Now())
	if len(found.Waiting) == 0 {
		return nil
	}
	screen.Printf(out, "Waiting since before records were given up:\n")
	found.WriteWaiting(out, env.Now())
	if f.dryRun {
		return nil
	}
	if err := stack.Arm(ctx); err != nil {
		return access.CloudError(err)
	}
	screen.Printf(out, "The sweep was started: it arms them for the closer. Waiting up to %s.\n", moment.Span(time.Duration(f.wait)))
	for waited := time.Duration(0); ; waited += poll {
		if err := stack.FindWaiting(ctx, found); err != nil {
			return access.CloudError(err)
		}
		if len(found.Waiting) == 0 || waited >= time.Duration(f.wait) {
			if err := stack.Judge(ctx, found); err != nil {
				return access.CloudError(err)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return cli.ErrInterrupted
		case <-time.After(poll):
		}
	}
}

// finish deletes what was healed, and says what remains.
func (f redriveFlags) finish(ctx context.Context, env *access.Env, stack redrive.Stack, found *redrive.Found, name string) error {
	var fault error
	if !f.dryRun {
		fault = stack.Clear(ctx, found, f.forget)
	}
	left := found.Left()
	switch {
	case f.json:
		if err := env.PrintJSON(found); err != nil {
			return err
		}
	case f.dryRun:
		screen.Printf(env.Stdout, "Healed: %d of %s. Nothing was started, and nothing cleared.\n", found.Healed(), cli.Count(left, "message"))
	case len(found.Messages) > 0:
		screen.Printf(env.Stdout, "Cleared: %s. Remaining: %d.\n", cli.Count(len(found.Messages)-left, "message"), left)
		for _, m := range found.Messages {
			if m.Healed == "" && !m.Cleared {
				screen.Printf(env.Stdout, "  %s: %s\n", m.ID, m.Next(found.Waiting, name))
			}
		}
	}
	switch {
	case fault != nil:
		return access.CloudError(fault)
	case left > 0 || found.More || found.Hidden > 0:
		return cli.ErrFound
	}
	return nil
}

// givenBack lets others see what was not deleted, also after an interruption.
func givenBack(ctx context.Context, stack redrive.Stack, found *redrive.Found) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	if err := stack.GiveBack(ctx, found); err != nil {
		return cli.Fail(cli.Unreachable, "run it again in "+moment.Span(redrive.Held)+": until then these messages are hidden", "%w", err)
	}
	return nil
}

// knownMessages refuses to forget what the queues do not hold.
func knownMessages(found *redrive.Found, ids []string) error {
	for _, id := range ids {
		if !slices.ContainsFunc(found.Messages, func(m redrive.Message) bool { return m.ID == id }) {
			return cli.Fail(cli.Misused, "run redrive without --forget: it shows the messages and their ids", "the queues hold no message %q", id)
		}
	}
	return nil
}

// redriveStack returns the parts of a deployed stack, and its name.
func redriveStack(ctx context.Context, env *access.Env, named string) (redrive.Stack, string, error) {
	deployed, cloud, err := env.OpenStack(ctx, named)
	if err != nil {
		return redrive.Stack{}, "", err
	}
	if deployed, err = deployed.WithResources(ctx, cloud.Stacks); err != nil {
		return redrive.Stack{}, "", access.CloudError(err)
	}
	var faults []error
	value := func(read func(string) (string, error), name string) string {
		v, err := read(name)
		faults = append(faults, err)
		return v
	}
	s := redrive.Stack{
		Queues: cloud.Queues, Functions: cloud.Functions, Logs: cloud.Logs, Now: env.Now,
		Records:   redrive.Queue{Name: deployment.UndeliveredRecords, URL: value(deployed.Output, deployment.UndeliveredRecords)},
		Runs:      redrive.Queue{Name: deployment.UndeliveredRuns, URL: value(deployed.Output, deployment.UndeliveredRuns)},
		Sweep:     value(deployed.Output, deployment.SweepFunction),
		Scheduled: map[string]redrive.Scheduled{},
	}
	for _, of := range []struct{ output, log, done string }{
		{deployment.SweepFunction, "SweepLog", "swept"},
		{deployment.ReconcileFunction, "ReconcileLog", "reconciled"},
		{deployment.DigestFunction, "DigestLog", "digest sent"},
	} {
		s.Scheduled[value(deployed.Output, of.output)] = redrive.Scheduled{Log: value(deployed.Resource, of.log), Done: of.done}
	}
	table := value(deployed.Output, deployment.Table)
	if err := errors.Join(faults...); err != nil {
		return s, "", access.CloudError(err)
	}
	if s.Due, err = env.OpenTable(ctx, table); err != nil {
		return s, "", err
	}
	return s, deployed.Name, nil
}
