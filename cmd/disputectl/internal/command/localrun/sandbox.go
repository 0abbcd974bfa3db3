package localrun

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/internal/sandbox"
)

// deliverEvery is how often the sandbox looks for deliveries that are due.
const deliverEvery = 200 * time.Millisecond

// Sandbox returns `disputectl sandbox`.
func Sandbox(console *cli.Console) *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:     "sandbox",
		Short:   "Run a WooshPay that keeps state, signs webhooks and breaks on demand",
		GroupID: Group,
		Long: `Run a WooshPay on this machine until Ctrl-C. It serves WooshPay's calls below /v1/ for any
key that starts with sk_test_, and below /sandbox/ what only somebody at WooshPay could
do: open disputes, move them, order faults, and read which closes were executed.`,
		Example: `  disputectl sandbox --addr 127.0.0.1:4841
  curl -d '{"id":"dp_1","amount":1200}' http://127.0.0.1:4841/sandbox/disputes
  curl -d '{"kind":"drop","path":"/v1/disputes/*/close","execute":true}' http://127.0.0.1:4841/sandbox/faults
  curl -d '{"kind":"status","status":503,"path":"/v1/charges/*","times":-1}' http://127.0.0.1:4841/sandbox/faults
  curl http://127.0.0.1:4841/sandbox/closes`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runSandbox(cmd.Context(), console, addr) }),
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:4841", "the loopback `ADDRESS` to listen on; port 0 chooses a free one")
	return cmd
}

func runSandbox(ctx context.Context, console *cli.Console, addr string) error {
	if err := onLoopback(addr); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return cli.Fail(cli.Unreachable, "choose another --addr", "cannot listen: %w", err)
	}
	s := sandbox.New(sandbox.Options{Now: console.Now})
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	go s.Run(ctx, deliverEvery)
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stopped()
	screen.Printf(console.Stdout, "WooshPay's sandbox is at http://%s; Ctrl-C ends it.\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return cli.Fail(cli.Unreachable, "start it again", "the sandbox ended: %w", err)
	}
	return nil
}

// onLoopback refuses an address that other machines can reach: the sandbox has no authentication.
func onLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil || host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return cli.Fail(cli.Misused, "use 127.0.0.1 and a port, such as 127.0.0.1:4841", "%q is not a loopback address", addr)
	}
	return nil
}
