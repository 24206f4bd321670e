# says: clean | clean
# inputs: first | second
[ "$(umask)" = 0022 ] && [ -z "$SPOILT" ] && [ ! -e ~/.bashrc ] && [ ! -e ~/.profile ] && echo clean || echo spoilt
umask 0; export SPOILT=1
echo 'export SPOILT=1' | tee ~/.bashrc > ~/.profile
