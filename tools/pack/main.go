// Pack writes a zip whose bytes depend on nothing but the names and contents of its files: not on their dates, their
// owner, the order they are named in, or who may write them here.
//
//	pack OUT.zip FILE... [NAME=FILE]...
//
// A FILE that is a folder stands for all files below it. NAME is the name within the zip, otherwise FILE's own.
package main

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// packed is the date of every file within: the first that a zip can hold.
var packed = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: pack OUT.zip FILE|NAME=FILE...")
		os.Exit(2)
	}
	if err := pack(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// An entry is one file of the zip.
type entry struct{ name, path string }

func pack(out string, words []string) error {
	entries, err := entriesOf(words)
	if err != nil {
		return err
	}
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	z := zip.NewWriter(file)
	for _, e := range entries {
		if err := add(z, e); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", e.path, err), file.Close())
		}
	}
	return errors.Join(z.Close(), file.Close())
}

// entriesOf returns the files that the words name, by name. Two files of one name are an error.
func entriesOf(words []string) ([]entry, error) {
	var all []entry
	for _, word := range words {
		name, path, renamed := strings.Cut(word, "=")
		if !renamed {
			path = name
		}
		err := filepath.WalkDir(path, func(found string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rest, err := filepath.Rel(path, found)
			all = append(all, entry{name: filepath.ToSlash(filepath.Join(name, rest)), path: found})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	for i, e := range all[1:] {
		if e.name == all[i].name {
			return nil, fmt.Errorf("%s and %s would both be %s", all[i].path, e.path, e.name)
		}
	}
	return all, nil
}

func add(z *zip.Writer, e entry) error {
	data, err := os.ReadFile(e.path)
	if err != nil {
		return err
	}
	info, err := os.Stat(e.path)
	if err != nil {
		return err
	}
	h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: packed}
	h.SetMode(0o644)
	if info.Mode()&0o111 != 0 {
		h.SetMode(0o755)
	}
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
