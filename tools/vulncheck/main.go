// Vulncheck runs govulncheck on a local snapshot of Go's vulnerability database, so that it works offline
// once a snapshot is there.
//
// The snapshot is taken from https://vuln.go.dev below .tools/vulndb and renewed when it is older than a day;
// the variable VULNDB names another folder that holds the database, and then nothing is fetched. Exit codes:
// 0 nothing found, 3 something found, 75 could not look because there is no database, 1 anything else.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	database  = "https://vuln.go.dev/vulndb.zip"
	freshness = 24 * time.Hour
	cannotRun = 75
)

func main() {
	dir, err := snapshot()
	if err != nil {
		fmt.Printf("VULNERABILITIES WERE NOT CHECKED: %v\n", err)
		fmt.Println("This is not a clean result. Run it where vuln.go.dev can be reached, or set VULNDB to a folder with the database.")
		os.Exit(cannotRun)
	}
	os.Exit(scan(dir, os.Args[1:]))
}

// snapshot returns the folder of a usable database. An old one is better than none, and says its age.
func snapshot() (string, error) {
	if dir := os.Getenv("VULNDB"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := filepath.Abs(".tools/vulndb")
	if err != nil {
		return "", err
	}
	taken, err := os.Stat(dir)
	if err == nil && time.Since(taken.ModTime()) < freshness {
		return dir, nil
	}
	fetchErr := fetch(database, dir)
	if fetchErr == nil {
		return dir, nil
	}
	if err != nil {
		return "", errors.Join(errors.New("no snapshot of the database yet, and it cannot be fetched"), fetchErr)
	}
	fmt.Printf("using the snapshot of %s: %v\n", taken.ModTime().Format(time.DateOnly), fetchErr)
	return dir, nil
}

func scan(dir string, packages []string) int {
	cmd := exec.Command(".tools/bin/govulncheck", append([]string{"-db", "file://" + dir}, packages...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.ExitCode() != cannotRun:
		return exit.ExitCode()
	}
	fmt.Println("govulncheck did not run; make tools installs it:", err)
	return 1
}
