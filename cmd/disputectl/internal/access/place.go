package access

import (
	"context"
	"fmt"
	"strings"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// Where says which deployment a command works on, and whether cases are closed there.
type Where struct {
	// Stack, Region and Account are empty for a table on this machine.
	Stack   string `json:"stack,omitempty"`
	Region  string `json:"region,omitempty"`
	Account string `json:"account,omitempty"`
	// Live means that the stack moves live money.
	Live  bool   `json:"live"`
	Table string `json:"table"`
	// Local is the address of a local run; empty for all else.
	Local string `json:"local,omitempty"`
	// Endpoint is set if the shell does not point to AWS.
	Endpoint string `json:"endpoint,omitempty"`
	Closing  Switch `json:"closing"`
	// Control is the switch as it is stored, or Unread says why it could not be read.
	Control closing.Control `json:"-"`
	Unread  error           `json:"-"`
}

// Switch says whether cases are closed.
type Switch string

// The states of the switch.
const (
	On     Switch = "on"
	Paused Switch = "paused"
	// Off means that nobody has turned closing on for this table.
	Off Switch = "off"
	// Unknown means that the switch could not be read.
	Unknown Switch = "unknown"
)

// switchOf is the one place that reads the switch's state out of the stored control.
func switchOf(c closing.Control) Switch {
	switch c.Switch {
	case closing.On:
		return On
	case closing.Paused:
		return Paused
	default:
		return Off
	}
}

// Where reads the switch, and says where the desk is. A switch that cannot be read stops no keep and no pause; a command that
// needs it returns Unread, which says what to do next.
func (d Desk) Where(ctx context.Context) Where {
	w := Where{Table: d.Table, Endpoint: d.Shell.Endpoints[tableService], Closing: Unknown}
	control, err := d.Control(ctx)
	if err != nil {
		w.Unread = TableError(d.Table, err)
	} else {
		w.Control, w.Closing = control, switchOf(control)
	}
	if d.Run != nil {
		w.Local = d.Run.URL
	}
	if s := d.deployed; s != nil {
		w.Stack, w.Region, w.Account, w.Live = s.Name, s.Region, s.Account, s.Live()
		_, w.Endpoint = d.Shell.foreign()
	}
	return w
}

// Print prints the first line of a command's output.
func (w Where) Print(console *cli.Console) { console.Lines(w.cells(console.Paint().Red)...) }

// String is the first line without colours.
func (w Where) String() string { return strings.Join(view.Flow(0, w.cells(nil)...), " ") }

func (w Where) cells(alarm func(string) string) []view.Cell {
	if w.Local != "" {
		return view.Plain(fmt.Sprintf("local run at %s, made-up disputes, no real money: %s", w.Local, w.closing()))
	}
	if w.Stack == "" {
		return view.Plain(fmt.Sprintf("table %s at %s, on this machine: %s", w.Table, w.Endpoint, w.closing()))
	}
	money := view.Cell{Text: "test"}
	if w.Live {
		money = view.Cell{Text: "LIVE MONEY", Paint: alarm}
	}
	by := ""
	if w.Endpoint != "" {
		by = ", by " + w.Endpoint + ", which is not AWS"
	}
	return []view.Cell{{Text: fmt.Sprintf("stack %s in %s, account %s%s: ", w.Stack, w.Region, w.Account, by)}, money, {Text: ", " + w.closing()}}
}

func (w Where) closing() string {
	if w.Unread != nil {
		return "whether closing is on is not known: " + w.Unread.Error()
	}
	return "closing is " + string(w.Closing)
}

// Region returns the stack's region.
func (d Desk) Region() string { return d.deployed.Region }

// OperateURL returns where people's acts on the stack are sent to. It refuses to act on a stack with live money from a shell
// that points elsewhere, or may do so; an act that halts all closing only from one that surely does.
func (d Desk) OperateURL(ctx context.Context, halts bool) (string, error) {
	if d.deployed.Live() {
		if err := d.fromItsShell(ctx, halts); err != nil {
			return "", err
		}
	}
	address, err := d.deployed.Output(deployment.OperateURL)
	if err == nil {
		err = delivery.CheckURL(address)
	}
	if err != nil {
		return "", cli.Fail(cli.Unreachable, deployment.Advice(err), "stack %s takes no acts: nothing was stored: %w", d.Stack, err)
	}
	return address, nil
}

// fromItsShell returns an error unless the shell's settings point to AWS, and to the stack's own region and account.
func (d Desk) fromItsShell(ctx context.Context, halts bool) error {
	s := d.deployed
	if service, endpoint := d.Shell.foreign(); endpoint != "" {
		return cli.Fail(cli.Misused, unset(service), "stack %s moves live money, and this shell asks %s for %s, which is not AWS: nothing was stored", s.Name, endpoint, service)
	}
	if d.Shell.Region != s.Region {
		return cli.Fail(cli.Misused, "set AWS_REGION="+s.Region, "stack %s moves live money, and is in %s: this shell points to %s: nothing was stored", s.Name, s.Region, d.Shell.Region)
	}
	account, err := d.Shell.Account(ctx)
	switch {
	case err != nil && halts:
		return nil
	case err != nil:
		return err
	}
	if account != s.Account {
		return cli.Fail(cli.Misused, "log in to account "+s.Account+", or set AWS_PROFILE", "stack %s moves live money, and is in account %s: your credentials are of account %s: nothing was stored", s.Name, s.Account, account)
	}
	return nil
}
