// Localaws runs what the functions call when `sam local` runs them on this machine, until it is interrupted: MiniStack's
// DynamoDB and Secrets Manager with a filled table, and the sandbox as WooshPay. It prints what to type next, and then what
// changes.
//
// With -bridge it serves the containers of Docker Engine (Linux), too, which do not reach this machine's loopback.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"disputecloser/internal/samlocal"
)

func main() {
	bridge := flag.Bool("bridge", false, "serve the containers of Docker Engine's default network, too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, *bridge); err != nil {
		fmt.Fprintln(os.Stderr, "local-aws:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, bridge bool) (err error) {
	settings, err := samlocal.ReadSettings()
	if err != nil {
		return err
	}
	containers, found := samlocal.Containers()
	switch {
	case bridge && !found:
		return errors.New("there is no network docker0: start Docker Engine first; Docker Desktop's containers need no BRIDGE=yes")
	case !bridge:
		containers = netip.Prefix{}
	}
	world, err := samlocal.Start(ctx, settings, containers, time.Now().UTC())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Stop()) }()
	signed := filepath.Join(".build", samlocal.Folder)
	if err := samlocal.Sign(samlocal.Folder, signed, time.Now()); err != nil {
		return err
	}
	view, err := samlocal.NewView(settings)
	if err != nil {
		return err
	}
	introduce(out, settings, containers, found && !bridge, signed)
	return watch(ctx, out, view)
}

// watch prints what changes, until ctx ends.
func watch(ctx context.Context, out io.Writer, view *samlocal.View) error {
	var last samlocal.Picture
	for {
		now, err := view.Picture(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // interrupted in the middle of a look
		}
		if err != nil {
			return err
		}
		if last != nil {
			for _, change := range now.Since(last) {
				fmt.Fprintln(out, time.Now().UTC().Format("15:04:05 UTC"), change)
			}
		}
		last = now
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

const introduction = `DynamoDB and Secrets Manager answer at %s, the sandbox as WooshPay at %s.
%s
The table holds made-up cases, and closing is on. In another shell:

  %[4]s build
  %[4]s local invoke Closer -e events/stream-armed.json              # closes %[6]s
  %[4]s local invoke Sweep -e events/schedule-sweep.json             # arms %[7]s and %[8]s
  %[4]s local invoke Reconcile -e events/schedule-reconcile.json     # learns of %[9]s
  %[4]s local invoke Operate -e events/operate-keep.json             # a person's order
  %[4]s local invoke Webhook -e %[5]s/dispute-created.json    # signed now; unsigned, as in events/, it gets 401
  export WOOSHPAY_SIGNING_SECRET=%[10]s
  disputectl sign events/dispute-created.json | %[4]s local invoke Webhook -e -
  %[4]s local start-api                                              # POST /webhook on port 3000

What changes is printed here. Ctrl-C ends it, and everything is forgotten.

`

func introduce(out io.Writer, s samlocal.Settings, containers netip.Prefix, unreachable bool, signed string) {
	served := "Only this machine is served."
	switch {
	case containers.IsValid():
		served = fmt.Sprintf("Only this machine and its containers in %s are served.", containers.Masked())
	case unreachable:
		served += "\nThis machine runs Docker Engine, whose containers do not reach it: for them, use make local-aws BRIDGE=yes."
	}
	sam := "sam"
	if _, err := exec.LookPath(sam); err != nil {
		sam = ".tools/sam/bin/sam"
	}
	fmt.Fprintf(out, introduction, s.AWSEndpoint, s.WooshPayURL, served, sam, signed,
		samlocal.Ordered, samlocal.Planned, samlocal.Daily, samlocal.Unannounced, samlocal.SigningSecret)
}
