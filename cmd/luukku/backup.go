package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"luukku/app"
)

type backupCmd struct {
	settings
	File string `arg:"" help:"The file to write; it must not be there yet." type:"path"`
}

func (b backupCmd) Run(ctx context.Context) error {
	c, err := b.load("")
	if err != nil {
		return err
	}
	if err := app.Backup(ctx, c, b.File, progress); err != nil {
		return err
	}
	info, err := os.Stat(b.File)
	if err != nil {
		return err
	}
	fmt.Printf("Backed up into %s, %d KB.\n", b.File, (info.Size()+1023)/1024)
	fmt.Printf("The keys are not in it. Keep a copy of %s somewhere else: without it nothing personal in the backup can be read.\n", c.KeyFile)
	return nil
}

type restoreCmd struct {
	settings
	File string `arg:"" help:"A file that luukku backup wrote, on this engine or the other." type:"existingfile"`
}

func (r restoreCmd) Run(ctx context.Context) error {
	c, err := r.load("")
	if err != nil {
		return err
	}
	done, err := app.Restore(ctx, c, r.File, progress)
	if err != nil {
		return err
	}
	for _, f := range done.Contradictions {
		fmt.Println(f)
	}
	if n := len(done.Contradictions); n > 0 {
		return fmt.Errorf("it is restored as it was, and %s found in it", counted(n, "contradiction"))
	}
	fmt.Printf("Restored as it was on %s. No contradictions found.\n", time.Unix(done.Manifest.MadeAt, 0).UTC().Format("2 January 2006 at 15:04:05 UTC"))
	if done.Keys != "" {
		fmt.Println("But " + done.Keys + ".")
	}
	return nil
}
