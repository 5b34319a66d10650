# head and tail of several files, with the names that they have on the phone: $tool -c BYTES PATH...
my ($tool, $c, $n, @paths) = @ARGV;
binmode STDOUT;
my $first = 1;
for my $path (@paths) {
	if (!open(my $f, '<:raw', $ENV{ROOT} . $path)) {
		print STDERR "$tool: $path: No such file or directory\n";
		next;
	} else {
		my $size = -s $f;
		seek($f, $size > $n ? $size - $n : 0, 0) if $tool eq 'tail';
		read($f, my $b, $n);
		print "\n" unless $first;
		print "==> $path <==\n", $b;
		$first = 0;
	}
}
