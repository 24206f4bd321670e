<?php
echo "before the fault";
function broken( {
