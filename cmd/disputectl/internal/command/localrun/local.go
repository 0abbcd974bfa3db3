package localrun

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os/user"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/demo"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/local"
	"disputecloser/cmd/disputectl/internal/localapi"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// localFlags are the flags of local.
type localFlags struct {
	addr, ledger, table, policy string
	empty                       bool
	sweep, reconcile            time.Duration
}

// Local returns `disputectl local`.
func Local(console *cli.Console) *cobra.Command {
	var r localFlags
	cmd := &cobra.Command{
		Use:     "local",
		Short:   "Run the whole system on this machine, for events of your own",
		GroupID: Group,
		Long: `Run the whole system on this machine until Ctrl-C: WooshPay's sandbox, the functions as
they are deployed, and a ledger in memory or in DynamoDB Local. Closing is turned on, as
` + "`disputectl resume`" + ` does for a deployed stack.

It begins with the demonstration's day in its ledger, played so that it ended a short while
ago. With --policy, --ledger dynamodb or --empty it begins with nothing.

The other commands work on it with --local, from another terminal of the same user. The run
listens on loopback only, refuses requests that a web page could send, and takes acts only
with a token that it draws at each start and keeps in a file that nobody else can read, in
XDG_RUNTIME_DIR or your cache folder. docs/sandbox.md has the sandbox's own calls.

With --ledger dynamodb, ` + endpointVariable + ` leads to DynamoDB Local, and the table is
created if it is missing. The closer is then handed what this process stores, in place of
the table's stream; what another process stores, it gets with the next sweep.`,
		Example: `  disputectl local
  disputectl local --policy policy.yaml --sweep 2s
  disputectl list --local
  ` + endpointVariable + `=http://127.0.0.1:8000 AWS_REGION=local AWS_ACCESS_KEY_ID=local \
    AWS_SECRET_ACCESS_KEY=local disputectl local --ledger dynamodb`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runLocal(cmd.Context(), console, r) }),
	}
	cmd.Flags().StringVar(&r.addr, "addr", "127.0.0.1:4840", "the loopback `ADDRESS` to listen on; port 0 chooses a free one")
	cmd.Flags().StringVar(&r.ledger, "ledger", inMemory, "the `LEDGER`: memory or dynamodb")
	cmd.Flags().StringVar(&r.table, "table", "disputes-local", "the `TABLE` in DynamoDB Local")
	cmd.Flags().StringVar(&r.policy, "policy", "", "the policy `FILE`; a built-in one if empty")
	cmd.Flags().BoolVar(&r.empty, "empty", false, "begin without the demonstration's day")
	cmd.Flags().DurationVar(&r.sweep, "sweep", 5*time.Second, "how often the sweep runs")
	cmd.Flags().DurationVar(&r.reconcile, "reconcile", time.Minute, "how often reconcile runs")
	return cmd
}

func runLocal(ctx context.Context, console *cli.Console, r localFlags) error {
	if err := onLoopback(r.addr); err != nil {
		return err
	}
	if r.sweep <= 0 || r.reconcile <= 0 {
		return cli.Fail(cli.Misused, "use a time such as 5s", "--sweep and --reconcile must be more than nothing")
	}
	rules, err := localPolicy(console, r.policy)
	if err != nil {
		return err
	}
	b, err := begin(ctx, console, r, rules)
	if err != nil {
		return err
	}
	defer admit(console, b)()
	printStart(console, b, r, rules)
	b.system.Run(ctx, local.Pace{Deliver: deliverEvery, Sweep: r.sweep, Reconcile: r.reconcile})
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	screen.Printf(console.Stdout, "ended\n")
	return b.system.Stop(stopping)
}

// begun is a run before anything happens in it by itself.
type begun struct {
	system  *local.System
	ledger  ledger
	watcher *noteWriter
	control closing.Control
	// lookedBack means that the demonstration's day is in the ledger.
	lookedBack bool
}

// begin starts the system, with the demonstration's day behind it unless the flags want another policy, ledger or nothing.
func begin(ctx context.Context, console *cli.Console, r localFlags, rules *policy.Policy) (begun, error) {
	b := begun{watcher: &noteWriter{out: console.Stdout, now: console.Now}, lookedBack: r.policy == "" && r.ledger == inMemory && !r.empty}
	log := slog.New(slog.NewTextHandler(console.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	var err error
	if b.lookedBack {
		past := demo.Past{Addr: r.addr, Watcher: b.watcher, Log: log, Now: console.Now, NewID: rand.Text}
		if b.system, b.ledger, err = demo.Remember(ctx, past); err == nil {
			b.system.Release(rules)
			_, err = b.system.Sandbox.Open(sandbox.Dispute{ID: newest, Amount: 1150, Currency: "usd", Charge: "ch_" + newest})
		}
	} else {
		if b.ledger, err = localLedger(ctx, console, r); err != nil {
			return b, err
		}
		b.system, err = local.Start(ctx, local.Parts{
			Addr: r.addr, Ledger: b.ledger, Policy: rules, Watcher: b.watcher, Log: log, Now: console.Now, NewID: rand.Text,
		})
	}
	if err != nil {
		return b, cli.Fail(cli.Unreachable, "choose another --addr", "the system does not start: %w", err)
	}
	b.control, err = turnOn(ctx, console, b.ledger)
	return b, err
}

// newest is the dispute that a run begins with, so that there is something to watch.
const newest = "dp_new"

// admit lets this user's commands work on the run by --local, and returns what ends that. A run that cannot say where it is
// goes on without them.
func admit(console *cli.Console, b begun) (end func()) {
	run := localapi.Run{URL: b.system.URL, Token: rand.Text()}
	b.system.Admit(b.ledger, userName(), run.Token)
	end, err := localapi.Announce(console.Getenv, run)
	if err != nil {
		screen.Printf(console.Stderr, "--local will not find this run: %v\n", err)
		return func() {}
	}
	return end
}

// userName returns under which name the acts of this machine's user are recorded.
func userName() string {
	if me, err := user.Current(); err == nil && me.Username != "" {
		return me.Username + " (on this machine)"
	}
	return "the user of this machine"
}

// turnOn turns closing on if it is off, and returns how it stands. A pause that somebody said stands.
func turnOn(ctx context.Context, console *cli.Console, l ledger) (closing.Control, error) {
	control, err := l.Control(ctx)
	if err == nil && control.Switch == closing.Off {
		person := closing.Operator{Acts: l, Now: console.Now, Who: "disputectl local"}
		if err = person.Resume(ctx, "a run on this machine"); err == nil {
			control, err = l.Control(ctx)
		}
	}
	if err != nil {
		return closing.Control{}, cli.Fail(cli.Unreachable, "use another --table", "closing cannot be turned on: %w", err)
	}
	return control, nil
}

// localPolicy returns the policy of a file, or the built-in one.
func localPolicy(console *cli.Console, name string) (*policy.Policy, error) {
	checked := source.Check("the built-in policy", local.PolicyYAML)
	if name != "" {
		var err error
		if checked, err = input.CheckPolicy(console, name); err != nil {
			return nil, err
		}
	}
	if !checked.OK(false) {
		input.PrintFindings(console, name, checked, false)
		return nil, cli.Fail(cli.Found, "correct the errors above, then start again", "the policy has errors")
	}
	return policy.Compile(checked.Document)
}
