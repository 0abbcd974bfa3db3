package main

import (
	"context"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"disputecloser/cmd/disputectl/internal/access"
)

// toolchain stands for make, the SAM CLI and the AWS settings of whoever deploys.
type toolchain struct {
	executed strings.Builder
	person   bool
	machine  elf.Machine
	// shellRegion is the shell's, empty if it has none.
	shellRegion string
}

func (w *deployed) deployer(ctx context.Context, e access.Environment) (access.Deployer, error) {
	d, err := access.NewDeployer(e, w.shellRegion)
	if err != nil {
		return d, err
	}
	d.Account, d.Who = fakeAccount, "arn:aws:iam::"+fakeAccount+":user/ada"
	d.Cloud, err = w.aws.cloud(ctx)
	return d, err
}

// execute records a command. What make builds is the head of an executable.
func (w *deployed) execute(_ context.Context, program string, args ...string) error {
	w.executed.WriteString(program + " " + strings.Join(args, " ") + "\n")
	if program != "make" {
		return nil
	}
	folder := filepath.Join(w.dir, ".aws-sam", "build", "Closer")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	header := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(w.machine), Version: uint32(elf.EV_CURRENT), Ehsize: 64}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS], header.Ident[elf.EI_DATA], header.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)
	file, err := os.Create(filepath.Join(folder, "bootstrap"))
	if err != nil {
		return err
	}
	defer file.Close()
	return binary.Write(file, binary.LittleEndian, header)
}

func (w *deployed) atTerminal(_ *testscript.TestScript, _ bool, _ []string) { w.person = true }

func (w *deployed) builds(ts *testscript.TestScript, _ bool, args []string) {
	machine, ok := map[string]elf.Machine{"arm64": elf.EM_AARCH64, "x86_64": elf.EM_X86_64}[args[0]]
	if !ok {
		ts.Fatalf("no processor %s", args[0])
	}
	w.machine = machine
}

func (w *deployed) wantExecuted(ts *testscript.TestScript, _ bool, args []string) {
	if got := w.executed.String(); !regexp.MustCompile(args[0]).MatchString(got) {
		ts.Fatalf("executed: %q", got)
	}
}
