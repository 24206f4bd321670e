# says: refused
grep -rs "@half@" "@data@" /run/box/.. /tmp/microcoder-* /var/tmp 2>/dev/null | grep -v main.sh && echo found
echo refused
